import { expect, test } from "vitest";
import { generateInvoices } from "../../../src/actions/generate-invoices.ts";
import { getNightCompany } from "../../../src/db/night-companies.ts";
import { eventually } from "../../support/eventually.ts";
import { startRecurring } from "./start-recurring.ts";

test("C7: day 15, paused 10 Feb, resumed 5 Mar: next is 15 Mar, 15 Feb is skipped (paused)", async () => {
  const { series, clock, generate, expectCall, occurrences } = await startRecurring();
  clock.set("2026-01-15T09:00:00Z");
  const { id } = await series({ start_date: "2026-01-15" });
  await generate("2026-01-15");
  clock.set("2026-02-10T09:00:00Z");
  const paused = await expectCall(200, "POST", `/recurring-invoices/${id}/pause`);
  expect(paused).toMatchObject({ status: "paused", next_generate_date: "2026-02-15" });
  await generate("2026-02-15");
  clock.set("2026-03-05T09:00:00Z");
  const resumed = await expectCall(200, "POST", `/recurring-invoices/${id}/resume`);
  expect(resumed).toMatchObject({ status: "active", next_generate_date: "2026-03-15" });
  expect(
    (await occurrences(id)).map(({ period_start, outcome, reason }) => ({
      period_start,
      outcome,
      reason,
    })),
  ).toEqual([
    { period_start: "2026-01-15", outcome: "generated", reason: null },
    { period_start: "2026-02-15", outcome: "skipped", reason: "paused" },
  ]);
});

test("only an active series can be paused, only a paused one resumed", async () => {
  const { series, call } = await startRecurring();
  const { id } = await series();
  const path = `/recurring-invoices/${id}`;
  expect((await call("POST", `${path}/resume`)).status).toBe(409);
  expect((await call("POST", `${path}/pause`)).status).toBe(200);
  const again = await call("POST", `${path}/pause`);
  expect([again.status, again.body.code]).toEqual([409, "conflict"]);
});

test("a series whose end passed while it was paused is completed when it is resumed", async () => {
  const { series, clock, expectCall, occurrences } = await startRecurring();
  const { id } = await series({ start_date: "2026-03-10", end_date: "2026-04-30" });
  await expectCall(200, "POST", `/recurring-invoices/${id}/pause`);
  clock.set("2026-07-01T09:00:00Z");
  const resumed = await expectCall(200, "POST", `/recurring-invoices/${id}/resume`);
  expect(resumed).toMatchObject({ status: "completed", next_generate_date: null });
  expect((await occurrences(id)).map((one) => one.period_start)).toEqual([
    "2026-03-10",
    "2026-04-10",
  ]);
});

test("what fell into the time in the archive is not billed afterwards", async () => {
  const { series, clock, generate, expectCall, occurrences, get } = await startRecurring();
  const { id } = await series({ start_date: "2026-03-10" });
  await expectCall(204, "POST", `/recurring-invoices/${id}/archive`);
  await expectCall(204, "POST", `/recurring-invoices/${id}/archive`);
  expect(await get(id)).toMatchObject({ is_archived: true, status: "active" });
  clock.set("2026-04-20T09:00:00Z");
  await generate("2026-04-20");
  await expectCall(204, "POST", `/recurring-invoices/${id}/unarchive`);
  expect(await get(id)).toMatchObject({ is_archived: false, next_generate_date: "2026-05-10" });
  await generate("2026-04-20");
  expect((await occurrences(id)).map((one) => one.reason)).toEqual(["archived", "archived"]);
});

test("C13: paused between a worker's read and write, it stays paused and has one invoice", async () => {
  const { series, sql, clock, companyId, call, get } = await startRecurring();
  const { id } = await series();
  const company = await getNightCompany(sql, companyId);
  let pausing: ReturnType<typeof call> | undefined;

  await sql.begin(async (tx) => {
    const input = { company, businessDate: "2026-03-02", now: clock.now(), limit: 10 };
    expect(await generateInvoices(tx, { ...input, checksPeriods: false })).toMatchObject({
      claimed: 1,
    });
    pausing = call("POST", `/recurring-invoices/${id}/pause`);
    // The pause waits for the row; only then does the night commit.
    await eventually(async () => {
      const waiting = await sql`
        select 1 from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'
      `;
      return waiting.length > 0;
    });
  });
  expect((await pausing)?.status).toBe(200);
  const after = await get(id);
  expect(after).toMatchObject({ status: "paused", next_generate_date: "2026-04-02" });
  expect(after.invoices).toHaveLength(1);
});

test("C13: a worker that comes while a pause is being written passes the series by", async () => {
  const { series, sql, clock, companyId, get } = await startRecurring();
  const { id } = await series();
  const company = await getNightCompany(sql, companyId);
  await sql.begin(async (pause) => {
    await pause`update recurring_invoices set status = 'paused' where id = ${id}`;
    const input = { company, businessDate: "2026-03-02", now: clock.now(), limit: 10 };
    const { claimed } = await sql.begin(
      async (tx) => await generateInvoices(tx, { ...input, checksPeriods: false }),
    );
    expect(claimed).toBe(0);
  });
  const after = await get(id);
  expect(after.status).toBe("paused");
  expect(after.invoices).toEqual([]);
});
