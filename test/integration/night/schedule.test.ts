import { expect, test } from "vitest";
import { planDueNights } from "../../../src/actions/plan-due-nights.ts";
import { rescheduleNights } from "../../../src/actions/schedule-night.ts";
import { inTransaction } from "../../../src/db/transaction.ts";
import { runNight } from "../../../src/jobs/billing/night.ts";
import { insertCompany, type CompanyFields } from "../../support/records.ts";
import { setup } from "../../support/setup.ts";

async function open(now: string, fields: CompanyFields) {
  const { sql, clock } = await setup({ now });
  const companyId = await insertCompany(sql, fields);
  await inTransaction(sql, (tx) => rescheduleNights(tx, companyId, clock.now()));
  const tick = async (at: string) => {
    clock.set(at);
    return await inTransaction(sql, (tx) => planDueNights(tx, { now: clock.now(), limit: 10 }));
  };
  const nights = async () =>
    await sql`select business_date as date, status, made_up_by from billing_nights order by 1`;
  const next = async () => {
    const [row] = await sql`select next_night_date as date, next_night_at as at from companies`;
    return row;
  };
  return { sql, clock, companyId, tick, nights, next };
}

test("D3 the clock may tick 24 times in a day: there is one night", async () => {
  const { tick, nights } = await open("2026-03-01T12:00:00Z", { timezone: "UTC" });
  for (let hour = 0; hour < 24; hour += 1) {
    const due = await tick(`2026-03-02T${String(hour).padStart(2, "0")}:30:00Z`);
    expect(due).toHaveLength(hour === 2 ? 1 : 0);
  }
  expect(await nights()).toEqual([{ date: "2026-03-02", status: "scheduled", madeUpBy: null }]);
});

test("B1 B3 the night follows the local hour through both changes of the clocks", async () => {
  const { next, tick } = await open("2026-03-06T12:00:00Z", {
    timezone: "America/New_York",
    billingHour: 2,
  });
  expect(await next()).toEqual({ date: "2026-03-07", at: new Date("2026-03-07T07:00:00Z") });
  await tick("2026-03-07T07:00:00Z");
  // 8 March has no 02:00: the night moves forward by the gap.
  expect(await next()).toEqual({ date: "2026-03-08", at: new Date("2026-03-08T07:00:00Z") });
  await tick("2026-03-08T07:00:00Z");
  expect(await next()).toEqual({ date: "2026-03-09", at: new Date("2026-03-09T06:00:00Z") });
});

test("B5 a company far east has its night on its own date, the day before in UTC", async () => {
  const { tick } = await open("2026-02-28T00:00:00Z", {
    timezone: "Pacific/Auckland",
    billingHour: 0,
  });
  expect(await tick("2026-02-28T10:59:59Z")).toEqual([]);
  expect(await tick("2026-02-28T11:00:00Z")).toMatchObject([{ businessDate: "2026-03-01" }]);
});

test("after days of silence the latest night makes up for the missed ones, and each says so", async () => {
  const { tick, nights, next } = await open("2026-03-01T12:00:00Z", { timezone: "UTC" });
  expect(await tick("2026-03-05T08:00:00Z")).toMatchObject([{ businessDate: "2026-03-05" }]);
  expect(await nights()).toEqual([
    { date: "2026-03-02", status: "missed", madeUpBy: "2026-03-05" },
    { date: "2026-03-03", status: "missed", madeUpBy: "2026-03-05" },
    { date: "2026-03-04", status: "missed", madeUpBy: "2026-03-05" },
    { date: "2026-03-05", status: "scheduled", madeUpBy: null },
  ]);
  expect(await next()).toMatchObject({ date: "2026-03-06" });
});

test("E9 two schedulers at once plan each company's night once, and neither waits for the other", async () => {
  const { sql, clock, companyId } = await open("2026-03-01T12:00:00Z", { timezone: "UTC" });
  const other = await insertCompany(sql);
  await inTransaction(sql, (tx) => rescheduleNights(tx, other, clock.now()));
  clock.set("2026-03-02T03:00:00Z");
  const now = clock.now();
  await sql.begin(async (tx) => {
    const first = await planDueNights(tx, { now, limit: 1 });
    // The first one's transaction is still open: its company is passed by, not waited for.
    const second = await inTransaction(sql, (its) => planDueNights(its, { now, limit: 10 }));
    const planned = [...first, ...second].map((night) => night.companyId);
    expect(planned.toSorted((a, b) => a - b)).toEqual([companyId, other]);
    expect(second).toHaveLength(1);
  });
});

test("moving the billing hour never gives a date a second night", async () => {
  const { sql, companyId, tick, next } = await open("2026-03-01T12:00:00Z", { timezone: "UTC" });
  await tick("2026-03-02T02:00:00Z");
  await sql`update companies set billing_hour = 9 where id = ${companyId}`;
  await inTransaction(sql, (tx) =>
    rescheduleNights(tx, companyId, new Date("2026-03-02T03:00:00Z")),
  );
  expect(await next()).toEqual({ date: "2026-03-03", at: new Date("2026-03-03T09:00:00Z") });
});

test("a night that is due is not lost when somebody changes the zone before the clock ticks", async () => {
  const { sql, companyId, tick, next } = await open("2026-03-01T12:00:00Z", { timezone: "UTC" });
  await sql`update companies set timezone = 'Etc/UTC' where id = ${companyId}`;
  await inTransaction(sql, (tx) =>
    rescheduleNights(tx, companyId, new Date("2026-03-02T02:00:05Z")),
  );
  expect(await tick("2026-03-02T02:00:10Z")).toMatchObject([{ businessDate: "2026-03-02" }]);
  expect(await next()).toMatchObject({ date: "2026-03-03" });
});

test("a date whose hour has passed by being moved still gets its night, and missed ones their record", async () => {
  const { sql, companyId, tick, nights } = await open("2026-03-01T12:00:00Z", {
    timezone: "UTC",
    billingHour: 20,
  });
  await sql`update companies set billing_hour = 2 where id = ${companyId}`;
  await inTransaction(sql, (tx) =>
    rescheduleNights(tx, companyId, new Date("2026-03-03T15:00:00Z")),
  );
  expect(await tick("2026-03-03T15:00:01Z")).toMatchObject([{ businessDate: "2026-03-03" }]);
  expect(await nights()).toEqual([
    { date: "2026-03-01", status: "missed", madeUpBy: "2026-03-03" },
    { date: "2026-03-02", status: "missed", madeUpBy: "2026-03-03" },
    { date: "2026-03-03", status: "scheduled", madeUpBy: null },
  ]);
});

test("the night of a date that an operator has run already is not planned again", async () => {
  const { sql, clock, companyId, next } = await open("2026-03-01T12:00:00Z", { timezone: "UTC" });
  const deps = { sql, clock, signal: new AbortController().signal };
  await runNight(deps, { companyId, businessDate: "2026-03-02" });
  await sql`update companies set billing_hour = 9 where id = ${companyId}`;
  await inTransaction(sql, (tx) =>
    rescheduleNights(tx, companyId, new Date("2026-03-02T00:30:00Z")),
  );
  expect(await next()).toMatchObject({ date: "2026-03-03" });
});
