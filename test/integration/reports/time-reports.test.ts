import { expect, test } from "vitest";
import { startWorkedExample } from "./worked-example.ts";

test("the worked example: unbilled time and how busy everybody is", async () => {
  const example = await startWorkedExample();
  const { read, call, project, worked, colleague, expectCall, clientId, euroClientId, userId } =
    example;
  const ours = (await project()).id;
  const theirs = (await project({ client_id: euroClientId })).id;
  const hours = async (fields: Record<string, unknown>, token?: string) => {
    const body = { service_id: example.serviceId, date: "2026-03-02", ...fields };
    const reply = await call("POST", "/time-entries", body, token === undefined ? {} : { token });
    expect({ status: reply.status, text: reply.text }).toMatchObject({ status: 201 });
    return reply.body.data;
  };
  await worked({ project_id: ours, duration: 3600, hourly_rate: 12_000 });
  await hours({ project_id: ours, duration: 5783, hourly_rate: 15_266 });
  // 4999.5 cents.
  await hours({ project_id: theirs, duration: 1800, hourly_rate: 9999 });
  await hours({ project_id: ours, duration: 1800, is_billable: false });
  // On an invoice in euros, although the client's currency is another.
  const billed = await hours({ project_id: ours, duration: 7200, hourly_rate: 10_000 });
  const invoice = await example.draft({ currency: "EUR" });
  await expectCall(200, "POST", `/invoices/${invoice.id}/import-time`, {
    time_entry_ids: [billed.id],
  });
  const member = await colleague("member");
  await hours({ project_id: ours, duration: 60, hourly_rate: 100 }, member.token);
  await hours({ project_id: ours, date: "2025-12-31", duration: 600 }, member.token);
  const viewer = await colleague("viewer");

  expect((await read("/dashboard/stats")).data).toMatchObject({
    unbilled_hours: 3.29,
    unbilled_amount: 36_525,
    unbilled_amount_by_currency: { USD: 36_525, EUR: 5000 },
  });
  expect((await read("/dashboard/unbilled-by-client")).data).toEqual({
    total_hours: 3.29,
    clients: [
      { client_id: clientId, client_name: "Maple Street Bakery", hours: 2.79, seconds: 10_043 },
      { client_id: euroClientId, client_name: "Globex", hours: 0.5, seconds: 1800 },
    ],
  });

  const report = await read("/reports/team-utilization");
  expect(report).toMatchObject({
    period: { start: "2026-01-01", end: "2026-12-31" },
    currency: "USD",
  });
  const byId = new Map(report.members.map((row: { user_id: number }) => [row.user_id, row]));
  expect(byId.get(userId)).toMatchObject({
    total_hours: 5.61,
    billable_hours: 5.11,
    non_billable_hours: 0.5,
    utilization_rate: 91.08,
    billable_amount: 36_523,
    billable_amount_by_currency: { USD: 36_523, EUR: 25_000 },
    by_client: [
      { client_id: clientId, currency: "USD", hours: 3.11, amount: 36_523 },
      { client_id: clientId, currency: "EUR", hours: 2, amount: 20_000 },
      { client_id: euroClientId, currency: "EUR", hours: 0.5, amount: 5000 },
    ],
  });
  expect(byId.get(member.userId)).toMatchObject({ total_hours: 0.02, billable_amount: 2 });
  // Who has not worked is shown too.
  expect(byId.get(viewer.userId)).toMatchObject({
    total_hours: 0,
    utilization_rate: 0,
    billable_amount: 0,
    by_client: [],
  });
  expect(report.members).toHaveLength(3);

  // A viewer reads all of it; a token needs reports:read.
  for (const path of ["/dashboard/stats", "/reports/team-utilization"]) {
    expect((await call("GET", path, undefined, { token: viewer.token })).status).toBe(200);
    const token = await example.tokenWith(["time-entries:read"]);
    expect((await call("GET", path, undefined, { token })).body.scope).toBe("reports:read");
  }
});
