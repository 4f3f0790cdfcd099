import { expect, test } from "vitest";
import { joinInvoicing } from "../invoices/start-invoicing.ts";
import { startRevenueExample } from "./revenue-example.ts";

test("the worked example: retainers, time that is missing on invoices, and what became of the rest", async () => {
  const example = await startRevenueExample();
  const { read, projects, entries, invoices, clientId, euroClientId, expectCall } = example;
  const { care, site, lab, euro, flat } = projects;
  const data = await read("/revenue-intelligence");
  expect(data).toMatchObject({
    as_of: "2026-03-15",
    period: { start: null, end: null },
    currency: "USD",
  });

  const { retainer_risk: risk } = data;
  expect(risk.projects_by_risk).toEqual({
    over: behind(care.id),
    at_risk: behind(site.id),
    underused: behind(euro.id),
    on_track: behind(flat.id),
  });
  expect(risk.over_amount_by_currency).toEqual({ USD: 20_000, EUR: 0 });
  expect(risk.projects[0]).toEqual({
    project_id: care.id,
    project_name: "Care plan",
    client_id: clientId,
    client_name: "Maple Street Bakery",
    currency: "USD",
    risk: "over",
    budget_period: "monthly",
    period: { start: "2026-03-01", end: "2026-03-31" },
    budget_hours: 10,
    used_hours: 12,
    budget_amount: null,
    used_amount: 120_000,
    used_percent: 120,
    over_hours: 2,
    over_amount: 20_000,
    time_entries: behind(entries["march"], entries["more"]),
  });
  expect(risk.projects.slice(1)).toMatchObject([
    {
      project_id: site.id,
      budget_period: null,
      period: { start: null, end: "2026-12-31" },
      used_amount: 80_000,
      used_percent: 80,
      time_entries: behind(entries["build"], entries["fix"]),
    },
    {
      project_id: euro.id,
      currency: "EUR",
      period: { start: "2026-01-01", end: "2026-03-31" },
      used_hours: 6,
      used_percent: 15,
    },
    { project_id: flat.id, used_percent: 40, over_amount: 0 },
  ]);

  const missing = {
    unbilled: time(6, 70_000, "2026-03-01", entries["more"], entries["fix"]),
    no_rate: time(2, 0, "2026-03-11", entries["unpriced"]),
    not_billable: time(3, 30_000, "2026-03-02", entries["gift"]),
    flat_rate: time(2, 20_000, "2026-03-09", entries["sketch"]),
  };
  expect(data.missing_billable).toMatchObject({ currency: "USD", ...missing });
  expect(data.missing_billable.by_currency.USD).toMatchObject(missing);
  const { projects: missingOn } = data.missing_billable;
  // Of equal amounts, the one with more hours.
  expect(missingOn.map((row: { project_id: number }) => row.project_id)).toEqual([
    care.id,
    lab.id,
    site.id,
  ]);
  expect(missingOn[1]).toEqual({
    project_id: lab.id,
    project_name: "Laboratory",
    client_id: clientId,
    client_name: "Maple Street Bakery",
    unbilled: time(0, 0, null),
    no_rate: missing.no_rate,
    not_billable: missing.not_billable,
  });

  const { recovery } = data;
  const dollars = {
    worked: { hours: 31, amount: 300_000 },
    not_invoiced: missing.unbilled,
    no_rate: missing.no_rate,
    billed_elsewhere: time(1, 10_000, "2026-03-05", entries["outside"]),
    in_drafts: { hours: 8, amount: 80_000, invoices: behind(invoices.drafted.id) },
    invoiced: {
      hours: 14,
      value: 140_000,
      written_down: 5000,
      amount: 135_000,
      invoices: behind(invoices.paid.id, invoices.discounted.id),
    },
    collected: { amount: 105_000, invoices: behind(invoices.paid.id, invoices.discounted.id) },
    outstanding: { amount: 30_000, invoices: behind(invoices.discounted.id) },
    overdue: { amount: 30_000, invoices: behind(invoices.discounted.id) },
    invoiced_percent: 45,
    collected_percent: 35,
  };
  expect(recovery).toMatchObject({ currency: "USD", ...dollars });
  expect(recovery.by_currency.USD).toEqual(dollars);
  expect(recovery.by_currency.EUR).toMatchObject({
    worked: { hours: 6, amount: 60_000 },
    // A third of the invoice is paid, 333.33 of 1,000.00: 199.998 of the 600.00.
    collected: { amount: 20_000 },
    outstanding: { amount: 40_000, invoices: behind(invoices.euro.id) },
    overdue: { amount: 0, invoices: behind() },
    invoiced_percent: 100,
    collected_percent: 33.33,
  });

  // Of a project, a client, some days; a retainer as it stood then.
  const ofSite = await read(`/revenue-intelligence?projectId=${site.id}`);
  expect(ofSite.missing_billable.unbilled).toEqual(time(2, 30_000, "2026-03-01", entries["fix"]));
  expect(ofSite.recovery).toMatchObject({
    invoiced: { value: 50_000, written_down: 5000, amount: 45_000 },
    collected: { amount: 15_000 },
  });
  expect(ofSite.retainer_risk.projects).toHaveLength(1);
  const ofEuro = await read(`/revenue-intelligence?clientId=${euroClientId}`);
  expect(ofEuro.recovery.worked).toEqual({ hours: 0, amount: 0 });
  expect(ofEuro.recovery.by_currency.EUR).toMatchObject({ invoiced: { amount: 60_000 } });
  expect(ofEuro.retainer_risk.projects_by_risk.over).toEqual(behind());
  const winter = await read("/revenue-intelligence?from=2026-02-01&to=2026-02-28");
  expect(winter.as_of).toBe("2026-02-28");
  expect(winter.recovery).toMatchObject({
    worked: { hours: 9, amount: 90_000 },
    invoiced: { amount: 90_000, invoices: behind(invoices.paid.id) },
  });
  expect(winter.retainer_risk.projects_by_risk.on_track.ids).toContain(care.id);
  const short = await read("/revenue-intelligence?limit=1");
  expect(short.recovery.invoiced.invoices).toEqual({ ids: [invoices.paid.id], count: 2 });
  expect(short.missing_billable.projects).toHaveLength(1);
  expect(short.retainer_risk.projects).toHaveLength(1);

  // What is voided can be billed again.
  await expectCall(200, "POST", `/invoices/${invoices.euro.id}/void`);
  const voided = await read("/revenue-intelligence");
  expect(voided.recovery.by_currency.EUR).toMatchObject({
    not_invoiced: { amount: 60_000 },
    invoiced: { amount: 0, invoices: behind() },
  });
});

test("the worked example: hours and money by period", async () => {
  const example = await startRevenueExample();
  const { read, entries, invoices, paymentIds, projects, clientId, euroClientId, expectCall } =
    example;
  const data = await read("/analytics");
  expect(data).toMatchObject({
    period: { start: "2026-01-01", end: "2026-12-31" },
    by: "month",
    currency: "USD",
  });
  expect(data.periods).toHaveLength(12);
  const march = {
    start: "2026-03-01",
    end: "2026-03-31",
    total_hours: 28,
    billable_hours: 25,
    non_billable_hours: 3,
    utilization_rate: 89.29,
    by_currency: {
      USD: {
        hours: 22,
        worked: 180_000,
        time_entries: behind(
          ...["march", "more", "fix", "gift", "outside", "sketch", "unpriced"].map(
            (name) => entries[name],
          ),
        ),
        invoiced: 145_000,
        invoices: behind(invoices.paid.id, invoices.discounted.id),
        collected: 115_000,
        payments: behind(paymentIds[0], paymentIds[1]),
        refunds: behind(),
      },
      EUR: {
        hours: 6,
        worked: 60_000,
        time_entries: behind(entries["audit"]),
        invoiced: 100_000,
        invoices: behind(invoices.euro.id),
        collected: 0,
        payments: behind(),
        refunds: behind(),
      },
    },
  };
  expect(data.periods[2]).toEqual(march);
  expect(data.periods[1].by_currency.EUR).toMatchObject({
    collected: 33_333,
    payments: behind(paymentIds[2]),
  });
  expect(data.totals).toMatchObject({
    total_hours: 42,
    billable_hours: 39,
    utilization_rate: 92.86,
    by_currency: {
      USD: { worked: 320_000, invoiced: 145_000, collected: 115_000 },
      EUR: { worked: 60_000, invoiced: 100_000, collected: 33_333 },
    },
  });

  const refund = await expectCall(201, "POST", `/payments/${paymentIds[0]}/refund`, {
    amount: 10_000,
    refund_date: "2026-03-14",
  });
  const weeks = await read("/analytics?period=week&from=2026-03-04&to=2026-03-15");
  expect(
    weeks.periods.map(({ start, end }: { start: string; end: string }) => [start, end]),
  ).toEqual([
    ["2026-03-04", "2026-03-08"],
    ["2026-03-09", "2026-03-15"],
  ]);
  expect(weeks.periods[1].by_currency.USD).toMatchObject({
    hours: 8,
    collected: 5000,
    payments: behind(paymentIds[1]),
    refunds: behind(refund.id),
  });
  const ofSite = await read(`/analytics?projectId=${projects.site.id}&period=year`);
  expect(ofSite.periods).toHaveLength(1);
  expect(ofSite.totals.by_currency.USD).toMatchObject({
    worked: 80_000,
    invoiced: 45_000,
    invoices: behind(invoices.discounted.id),
    collected: 15_000,
  });
  const ofMaple = await read(`/analytics?clientId=${clientId}&period=quarter&limit=1`);
  expect(ofMaple.periods).toHaveLength(4);
  expect(ofMaple.totals.by_currency.EUR).toBeUndefined();
  expect(ofMaple.totals.by_currency.USD.invoices).toEqual({ ids: [invoices.paid.id], count: 2 });
  const ofGlobex = await read(`/analytics?clientId=${euroClientId}`);
  expect(ofGlobex.totals).toMatchObject({ total_hours: 6, by_currency: { USD: { worked: 0 } } });
});

test("who may read revenue intelligence and analytics, and what is refused", async () => {
  const example = await startRevenueExample();
  const { call, colleague, tokenWith, projects, euroClientId } = example;
  const viewer = await colleague("viewer");
  for (const [path, scope] of [
    ["/revenue-intelligence", "revenue-intelligence:read"],
    ["/analytics", "reports:read"],
  ] as const) {
    expect((await call("GET", path, undefined, { token: viewer.token })).status).toBe(200);
    const blind = await tokenWith(["time-entries:read", "invoices:read"]);
    expect((await call("GET", path, undefined, { token: blind })).body.scope).toBe(scope);
    const sees = await tokenWith([scope]);
    expect((await call("GET", path, undefined, { token: sees })).status).toBe(200);

    for (const [query, field] of [
      ["from=2026-02-30", "from"],
      ["from=2026-03-02&to=2026-03-01", "to"],
      ["projectId=first", "projectId"],
      ["clientId=0", "clientId"],
      ["limit=101", "limit"],
      ["limit=0", "limit"],
      ["start_date=2026-03-01", "start_date"],
    ]) {
      const reply = await call("GET", `${path}?${query}`);
      expect({ query, status: reply.status, fields: Object.keys(reply.body.errors) }).toEqual({
        query,
        status: 422,
        fields: [field],
      });
    }
    for (const query of ["projectId=77", "clientId=77"]) {
      expect((await call("GET", `${path}?${query}`)).status).toBe(404);
    }
    const { call: callOther } = await joinInvoicing(example, { currency: "JPY" });
    for (const query of [`projectId=${projects.site.id}`, `clientId=${euroClientId}`]) {
      expect((await callOther("GET", `${path}?${query}`)).status).toBe(404);
    }
    const nothing = await callOther("GET", path);
    expect(nothing.body.data).toMatchObject({ currency: "JPY" });
    expect(nothing.text).not.toMatch(/USD|"count":[1-9]/);
  }
  for (const [query, field, text] of [
    ["period=decade", "period", "Must be one of: day, week, month, quarter, year."],
    ["period=day&from=2025-01-01&to=2026-01-02", "period", "Must not give more than 366 periods."],
    ["period=day&from=0001-01-01&to=9999-12-31", "to", "Must be within 100 years of from."],
    ["from=1900-01-01", "from", "Must be within 100 years of 2026-12-31, the default of to."],
    ["from=2099-01-01", "from", "Must not be after 2026-12-31, the default of to."],
    ["to=1999-01-01", "to", "Must not be before 2026-01-01, the default of from."],
    ["from=2026-02-02&to=2026-02-01", "to", "Must not be before from."],
    ["projectId=0", "projectId", "Must be an id."],
  ] as const) {
    const { errors } = (await call("GET", `/analytics?${query}`)).body;
    expect({ query, errors }).toEqual({ query, errors: { [field]: [text] } });
  }
  expect((await call("GET", "/analytics?period=week&from=9999-12-30&to=9999-12-31")).status).toBe(
    200,
  );
  expect((await call("GET", "/revenue-intelligence?from=0001-01-01&to=0001-01-02")).status).toBe(
    200,
  );
});

test("a project says how often its budget begins anew", async () => {
  const { projects, expectCall, expectInvalid, sql } = await startRevenueExample();
  const path = `/projects/${projects.site.id}`;
  const changed = await expectCall(200, "PATCH", path, { budget_period: "weekly" });
  expect(changed).toMatchObject({ budget_amount: 100_000, budget_period: "weekly" });
  expect(await expectInvalid("budget_period", "PATCH", path, { budget_period: "daily" })).not.toBe(
    "",
  );
  await expectInvalid("budget_period", "PATCH", path, { budget_amount: null });
  const cleared = await expectCall(200, "PATCH", path, {
    budget_amount: null,
    budget_period: null,
  });
  expect(cleared).toMatchObject({ budget_amount: null, budget_period: null });
  const [event] = await sql<{ payload: unknown }[]>`
    select payload from events where type = 'project.updated' order by id limit 1
  `;
  expect(event!.payload).toMatchObject({ budget_amount: 100_000, budget_period: "weekly" });
});

/** Ids, and that there are no more. */
function behind(...ids: (number | undefined)[]) {
  return { ids, count: ids.length };
}

function time(
  hours: number,
  amount: number,
  oldest: string | null,
  ...ids: (number | undefined)[]
) {
  return { hours, amount, oldest_date: oldest, time_entries: behind(...ids) };
}
