import { expect, test } from "vitest";
import { raiseAttention } from "../../../src/db/attention.ts";
import { alertOpenItemsJob } from "../../../src/jobs/attention/alert-open-items.ts";
import type { JobContext } from "../../../src/jobs/define-job.ts";
import { runNight } from "../../../src/jobs/billing/night.ts";
import { insertCompany } from "../../support/records.ts";
import { setup } from "../../support/setup.ts";

test("what waits for a person is told of at one time of the day, by the minute's look and by the nights", async () => {
  const { sql, clock } = await setup();
  const companyId = await insertCompany(sql);
  const { signal } = new AbortController();
  const context = { sql, clock, signal } as unknown as JobContext;
  const tellAt = async (instant: string) => {
    clock.set(instant);
    await alertOpenItemsJob.run(context, {});
    const [row] = await sql`select max(alert_count)::int as count from attention_items`;
    return row?.["count"];
  };
  clock.set("2026-03-02T14:00:00Z");
  await raiseAttention(sql, { companyId, kind: "series.parked", key: "1", title: "It is parked" });
  expect(await tellAt("2026-03-02T14:00:00Z")).toBe(1);
  // The night has nothing new to tell.
  clock.set("2026-03-03T02:00:00Z");
  await runNight({ sql, clock, signal }, { companyId, businessDate: "2026-03-03" });
  expect(await tellAt("2026-03-03T13:59:00Z")).toBe(1);
  expect(await tellAt("2026-03-03T14:00:00Z")).toBe(2);
  expect(await tellAt("2026-03-04T13:59:00Z")).toBe(2);
  expect(await tellAt("2026-03-04T14:00:00Z")).toBe(3);
});

test("in spring two nights are 23 hours apart, and the second one tells again", async () => {
  const { sql, clock } = await setup();
  const companyId = await insertCompany(sql, { timezone: "Europe/Berlin" });
  const { signal } = new AbortController();
  await raiseAttention(sql, { companyId, kind: "series.parked", key: "1", title: "It is parked" });
  for (const [businessDate, instant] of [
    ["2026-03-28", "2026-03-28T01:00:00Z"],
    ["2026-03-29", "2026-03-29T00:00:00Z"],
  ] as const) {
    clock.set(instant);
    await runNight({ sql, clock, signal }, { companyId, businessDate });
  }
  const [row] = await sql`select alert_count from attention_items`;
  expect(row).toEqual({ alertCount: 2 });
});
