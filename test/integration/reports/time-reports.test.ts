import { expect, test } from "vitest";
import { startWorkedExample, workExample } from "./worked-example.ts";

test("the worked example: unbilled time and how busy everybody is", async () => {
  const example = await startWorkedExample();
  const { read, call, colleague, clientId, euroClientId, userId } = example;
  const { member } = await workExample(example);
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
