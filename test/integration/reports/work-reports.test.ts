import { expect, test } from "vitest";
import { startWorkedExample, workExample } from "./worked-example.ts";

test("the worked example: time by task, day, person, project, tag and what was billed of it", async () => {
  const example = await startWorkedExample();
  const { read, call, clientId, euroClientId, serviceId, userId, expectCall } = example;
  const { ours, theirs, member } = await workExample(example);
  await expectCall(200, "PUT", `/projects/${ours}`, { tags: ["Web", "=cmd"], budget_hours: 10 });

  const inDollars = time(4, [11_243, "3.1231"], [9443, "2.6231"], [0, "0.0000"]);
  const inEuros = time(1, [7200, "2.0000"], [7200, "2.0000"], [7200, "2.0000"]);
  const globex = time(1, [1800, "0.5000"], [1800, "0.5000"], [0, "0.0000"]);
  const bothInEuros = time(2, [9000, "2.5000"], [9000, "2.5000"], [7200, "2.0000"]);
  const all = time(6, [20_243, "5.6231"], [18_443, "5.1231"], [7200, "2.0000"]);
  const period = { start: "2026-01-01", end: "2026-12-31" };

  const maple = { client_id: clientId, client_name: "Maple Street Bakery" };
  const task = {
    task_id: null,
    task_summary: null,
    ...maple,
    project_id: ours,
    project_name: "Website",
    service_id: serviceId,
    service_name: "Development",
  };
  const tasks = [
    { ...task, ...inDollars, currency: "USD", amount: 36_525 },
    { ...task, ...inEuros, currency: "EUR", amount: 20_000 },
    {
      ...task,
      client_id: euroClientId,
      client_name: "Globex",
      project_id: theirs,
      ...globex,
      currency: "EUR",
      amount: 5000,
    },
  ];
  const totals = {
    USD: { ...inDollars, amount: 36_525 },
    EUR: { ...bothInEuros, amount: 25_000 },
  };
  expect(await read("/reports/task-time")).toEqual({
    data: tasks,
    meta: {
      ...pages(3, 25),
      period,
      currency: "USD",
      totals_by_currency: totals,
    },
  });
  // Of a page, the totals are all pages'.
  expect(await read("/reports/task-time?per_page=2&page=2")).toMatchObject({
    data: [tasks[2]],
    meta: { current_page: 2, last_page: 2, total: 3, totals_by_currency: totals },
  });

  const daily = await read("/reports/daily-time");
  expect(daily.data).toHaveLength(365);
  expect(daily.data[60]).toEqual({ date: "2026-03-02", ...all });
  expect(daily.data[61]).toMatchObject({ date: "2026-03-03", seconds: 0, hours: "0.0000" });
  expect(daily.meta).toEqual({ ...pages(365, 365), period, totals: all });
  const lastYear = await read("/reports/daily-time?start_date=2025-12-31&end_date=2025-12-31");
  expect(lastYear.data).toMatchObject([{ date: "2025-12-31", seconds: 600, hours: "0.1667" }]);

  const sheet = await read("/reports/timesheet");
  expect(sheet.meta).toMatchObject({ period, totals: all });
  const own = time(5, [20_183, "5.6064"], [18_383, "5.1064"], [7200, "2.0000"]);
  const theirOwn = time(1, [60, "0.0167"], [60, "0.0167"], [0, "0.0000"]);
  for (const rows of [sheet.data, sheet.meta.people]) {
    expect(rows).toHaveLength(2);
    expect(rows).toContainEqual(expect.objectContaining({ user_id: userId, ...own }));
    expect(rows).toContainEqual(expect.objectContaining({ user_id: member.userId, ...theirOwn }));
  }
  const ofMember = await read(`/reports/timesheet?user_id=${member.userId}&project_id=${ours}`);
  expect(ofMember.data).toMatchObject([{ date: "2026-03-02", seconds: 60 }]);

  const projects = await read("/reports/project-time-breakdown");
  const project = { ...maple, project_id: ours, project_name: "Website" };
  expect(projects.data).toEqual([
    {
      ...project,
      person_count: 2,
      ...inDollars,
      share: 55.54,
      budget_hours: "10.0000",
      budget_used: 31.23,
      currency: "USD",
      amount: 36_525,
      billed_amount: 0,
    },
    expect.objectContaining({ project_id: ours, share: 35.57, currency: "EUR", amount: 20_000 }),
    expect.objectContaining({ project_id: theirs, share: 8.89, budget_used: null, amount: 5000 }),
  ]);
  expect(projects.meta.totals_by_currency.EUR).toEqual({
    ...bothInEuros,
    amount: 25_000,
    billed_amount: 20_000,
  });

  // Both tags have all of the project's time; the totals have everything once.
  const tags = await read("/reports/tag-time-breakdown");
  const tagged = { seconds: 18_443, billable_seconds: 16_643, share: 91.11 };
  expect(tags.data).toHaveLength(3);
  for (const tag_name of ["Web", "=cmd"]) {
    expect(tags.data).toContainEqual(expect.objectContaining({ tag_name, ...tagged }));
  }
  expect(tags.data[2]).toMatchObject({ tag_id: null, tag_name: null, ...globex, share: 8.89 });
  expect(tags.meta.totals).toEqual(all);

  const coverage = await read("/reports/billing-coverage");
  expect(coverage.data).toEqual([
    {
      ...maple,
      currency: "USD",
      ...inDollars,
      unbilled_seconds: 9443,
      coverage: 0,
      amount: 36_525,
      billed_amount: 0,
      unbilled_amount: 36_525,
    },
    expect.objectContaining({ ...maple, currency: "EUR", coverage: 100, billed_amount: 20_000 }),
    expect.objectContaining({ client_name: "Globex", currency: "EUR", unbilled_amount: 5000 }),
  ]);
  expect(coverage.meta.totals_by_currency.EUR).toMatchObject({ coverage: 80, amount: 25_000 });

  // A task is one row, whatever services its time is for; its tags count beside its project's, once.
  const launch = await expectCall(201, "POST", "/tasks", {
    summary: "Launch",
    project_id: ours,
    tags: ["Urgent", "Web"],
  });
  for (const service_id of [serviceId, undefined]) {
    const body = { date: "2025-06-02", duration: 450, hourly_rate: 8000, service_id };
    await expectCall(201, "POST", `/tasks/${launch.id}/activities`, body);
  }
  const june = "start_date=2025-06-01&end_date=2025-06-30";
  expect((await read(`/reports/task-time?${june}`)).data).toEqual([
    {
      task_id: launch.id,
      task_summary: "Launch",
      ...project,
      service_id: null,
      service_name: null,
      ...time(2, [900, "0.2500"], [900, "0.2500"], [0, "0.0000"]),
      currency: "USD",
      amount: 2000,
    },
  ]);
  const byTag = await read(`/reports/tag-time-breakdown?${june}`);
  expect(byTag.data.map((row: { tag_name: string }) => row.tag_name).toSorted()).toEqual([
    "=cmd",
    "Urgent",
    "Web",
  ]);
  for (const row of byTag.data) expect(row).toMatchObject({ seconds: 900, share: 100 });
  expect(byTag.meta.totals).toMatchObject({ entry_count: 2, seconds: 900 });

  // A spreadsheet takes none of it for a formula, and has every row whatever page is asked for.
  const csv = await call("GET", "/reports/tag-time-breakdown?limit=1", undefined, {
    headers: { Accept: "text/csv" },
  });
  expect(csv.status).toBe(200);
  expect(csv.headers.get("content-type")).toMatch(/^text\/csv/);
  expect(csv.headers.get("content-disposition")).toBe(
    'attachment; filename="report-tag-time-breakdown.csv"',
  );
  expect(csv.headers.get("vary")).toContain("Accept");
  const lines = csv.text.split("\r\n");
  expect(lines[0]).toBe(
    "tag_id,tag_name,entry_count,seconds,hours,billable_seconds,billable_hours,billed_seconds,billed_hours,share",
  );
  expect(lines.slice(1, 4).toSorted()).toEqual(
    [
      `${tagId(tags, "Web")},Web,5,18443,5.1231,16643,4.6231,7200,2.0000,91.11`,
      `${tagId(tags, "=cmd")},'=cmd,5,18443,5.1231,16643,4.6231,7200,2.0000,91.11`,
      ",,1,1800,0.5000,1800,0.5000,0,0.0000,8.89",
    ].toSorted(),
  );
  expect(lines[4]).toBe("");
});

test("CSV of a report: quotes are doubled, and a wrong filter is refused as in JSON", async () => {
  const example = await startWorkedExample();
  const { call, clientId, expectCall } = example;
  await expectCall(200, "PUT", `/clients/${clientId}`, { name: '-1+1 "Maple", Bakery' });
  const headers = { Accept: "text/csv" };
  const income = await call("GET", "/reports/income", undefined, { headers });
  expect(income.text).toBe(
    "client_id,client_name,currency,payment_count,received,refunded,income,share\r\n" +
      `${clientId},"'-1+1 ""Maple"", Bakery",USD,2,60000,0,60000,100\r\n`,
  );
  const unpaid = await call("GET", "/reports/unpaid-invoices?per_page=1", undefined, { headers });
  expect(unpaid.text.split("\r\n")).toHaveLength(1 + 4 + 1);
  for (const [path, field] of [
    ["income?start_date=2026-05-01&end_date=2026-04-30", "end_date"],
    ["task-time?user_id=me", "user_id"],
    ["receivables?start_date=2026-01-01", "start_date"],
    ["unpaid-invoices?per_page=1000", "per_page"],
    ["unpaid-invoices?is_overdue=often", "is_overdue"],
  ]) {
    const reply = await call("GET", `/reports/${path}`, undefined, { headers });
    expect({ path, status: reply.status, fields: Object.keys(reply.body.errors) }).toEqual({
      path,
      status: 422,
      fields: [field],
    });
  }
});

function pages(total: number, perPage: number) {
  return { current_page: 1, last_page: 1, per_page: perPage, total };
}

type Spent = [seconds: number, hours: string];

function time(entries: number, [seconds, hours]: Spent, billable: Spent, billed: Spent) {
  return {
    entry_count: entries,
    seconds,
    hours,
    billable_seconds: billable[0],
    billable_hours: billable[1],
    billed_seconds: billed[0],
    billed_hours: billed[1],
  };
}

function tagId(report: { data: { tag_id: number; tag_name: string }[] }, name: string): number {
  return report.data.find(({ tag_name }) => tag_name === name)!.tag_id;
}
