import type { ChildProcess } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Sql } from "../../src/db/client.ts";
import { runNight } from "../../src/jobs/billing/night.ts";
import { runNightJob } from "../../src/jobs/billing/run-night.ts";
import { enqueue } from "../../src/queue/enqueue.ts";
import { eventually } from "../support/eventually.ts";
import { insertClient, insertCompany, insertSeries } from "../support/records.ts";
import { setup, type TestSetup } from "../support/setup.ts";
import { startSmtpServer, type TestSmtpServer } from "../support/smtp-server.ts";
import {
  insertBook,
  INVOICE_MAILS,
  NEXT_NIGHT,
  NIGHT,
  readBook,
  REMINDER_MAILS,
} from "./night-book.ts";
import { emptyQueue, launch } from "./night-processes.ts";
import { kill, type Role } from "./processes.ts";

async function prepare(): Promise<TestSetup & { mail: TestSmtpServer }> {
  const context = await setup();
  const mail = await startSmtpServer();
  context.defer(() => mail.close());
  return { ...context, mail };
}

async function askForNight(sql: Sql, companyId: number, businessDate: string): Promise<void> {
  await sql`update companies set test_now = ${`${businessDate}T02:00:00Z`} where id = ${companyId}`;
  await sql.begin((tx) =>
    enqueue(tx, runNightJob, { companyId, businessDate, dryRun: false, request: "chaos" }),
  );
}

/** Nothing is left to be done: every run has ended, every event was followed, every mail decided. */
async function isAllDone(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ left: boolean }[]>`
    select
      exists (select from job_runs where company_id is not null
        and status in ('queued', 'running', 'retrying'))
      or exists (select from event_outbox)
      or exists (select from deliveries where status in ('queued', 'sending')) as left
  `;
  return row?.left === false;
}

/** However slow the machine is at starting processes: then it is fewer rounds. */
const RAGE_MS = 40_000;

/** Kills one process after another at any moment, and empties the queue in between. */
async function rage(
  context: TestSetup & { mail: TestSmtpServer },
  rounds: number,
): Promise<Map<string, ChildProcess>> {
  const places: readonly (readonly [string, Role])[] = [
    ["scheduler", "scheduler"],
    ["first worker", "worker"],
    ["second worker", "worker"],
  ];
  const running = new Map<string, ChildProcess>();
  await Promise.all(
    places.map(async ([place, role]) =>
      running.set(place, await launch(context, role, context.mail)),
    ),
  );
  const end = performance.now() + RAGE_MS;
  for (let round = 0; round < rounds && performance.now() < end; round += 1) {
    // Not a wait for something: a kill is to strike at any moment. Workers die twice as often.
    const [place, role] = places[[1, 2, 0, 1, 2][round % 5]!]!;
    const heir = launch(context, role, context.mail);
    await delay(Math.random() * 300);
    await kill(running.get(place)!);
    if (round % 4 === 1) await emptyQueue(context);
    running.set(place, await heir);
  }
  return running;
}

test("D7: a night whose processes are killed and whose queue is emptied again and again is as any other", async () => {
  const control = await setup();
  const context = await prepare();
  const { sql, mail } = context;
  const companies = [await insertBook(sql), await insertBook(sql)];
  const model = await insertBook(control.sql);
  const deps = { ...control, signal: new AbortController().signal };

  for (const companyId of companies) await askForNight(sql, companyId, NIGHT);
  const processes = await rage(context, 8);
  await eventually(() => isAllDone(sql), { withinMs: 60_000, everyMs: 50 });
  const interrupted = await sql`select job from job_runs where crashes > 0`;
  expect(interrupted.length).toBeGreaterThan(0);
  await runNight(deps, { companyId: model, businessDate: NIGHT });
  const expected = await readBook(control.sql, model);
  // 1,090 of today, 3 for each of 200 that missed two, less the ten that are parked.
  expect(expected.made).toHaveLength(1_690);
  expect(expected.numbers).toEqual(
    expected.numbers.map((_, index) => `INV-${String(index + 1).padStart(5, "0")}`),
  );
  for (const companyId of companies) expect(await readBook(sql, companyId)).toEqual(expected);
  await expectHonestMails(sql, mail);
  const perCompany = INVOICE_MAILS + REMINDER_MAILS;
  expect(await countDeliveries(sql)).toBe(2 * perCompany);

  // Between two nights, too.
  await emptyQueue(context);
  for (const companyId of companies) await askForNight(sql, companyId, NEXT_NIGHT);
  await kill(processes.get("first worker")!);
  await eventually(() => isAllDone(sql), { withinMs: 60_000, everyMs: 50 });
  await control.sql`update companies set test_now = ${`${NEXT_NIGHT}T02:00:00Z`}`;
  await runNight(deps, { companyId: model, businessDate: NEXT_NIGHT });
  const after = await readBook(control.sql, model);
  for (const companyId of companies) expect(await readBook(sql, companyId)).toEqual(after);
  await expectHonestMails(sql, mail);
});

/** At most one mail for each delivery, none that is not owed, and no record that says what is not so. */
async function expectHonestMails(sql: Sql, { mails }: TestSmtpServer): Promise<void> {
  const deliveries = await sql<{ messageId: string; status: string }[]>`
    select message_id, status from deliveries where status <> 'blocked'
  `;
  const arrived = new Map<string, number>();
  for (const { messageId } of mails) arrived.set(messageId, (arrived.get(messageId) ?? 0) + 1);
  const dishonest = deliveries.filter(({ messageId, status }) => {
    const count = arrived.get(messageId) ?? 0;
    return status === "accepted" ? count !== 1 : status !== "unknown" || count > 1;
  });
  expect(dishonest).toEqual([]);
  const owed = new Set(deliveries.map(({ messageId }) => messageId));
  expect([...arrived.keys()].filter((messageId) => !owed.has(messageId))).toEqual([]);
  const items = await sql`
    select key from attention_items where kind = 'mail.unknown' and resolved_at is null
  `;
  expect(items).toHaveLength(deliveries.filter(({ status }) => status === "unknown").length);
}

async function countDeliveries(sql: Sql): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from deliveries where status <> 'blocked'
  `;
  return row!.count;
}

test("D5: killed after the night's commit, before the queue has the email: one invoice, and its mail within a minute", async () => {
  const context = await prepare();
  const { sql, mail } = context;
  const companyId = await insertCompany(sql);
  const clientId = await insertClient(sql, companyId);
  const seriesId = await insertSeries(
    sql,
    { companyId, clientId },
    { startDate: NIGHT, autoSend: true },
  );
  const scheduler = await launch(context, "scheduler", mail);
  const worker = await launch(context, "worker", mail);
  await sql.begin(async (tx) => {
    // The night waits for this series; meanwhile who would tell the queue of its email is killed.
    await tx`select from recurring_invoices where id = ${seriesId} for update`;
    await askForNight(sql, companyId, NIGHT);
    await eventually(async () => {
      const [night] = await sql`select status from billing_nights`;
      return night?.["status"] === "running";
    });
    await kill(scheduler);
  });
  await eventually(async () => (await sql`select from invoices`).length === 1);
  await kill(worker);
  expect(
    await sql`select type from event_outbox where type = 'invoice.send-requested'`,
  ).toHaveLength(1);
  expect(await sql`select id from job_runs where job = 'mail.send-invoice'`).toEqual([]);

  const restartedAt = performance.now();
  await Promise.all([launch(context, "scheduler", mail), launch(context, "worker", mail)]);
  await mail.waitFor((mails) => mails.length > 0, { withinMs: 60_000 });
  expect(performance.now() - restartedAt).toBeLessThan(60_000);
  await eventually(() => isAllDone(sql), { withinMs: 30_000 });
  expect(await sql`select status from invoices`).toEqual([{ status: "sent" }]);
  expect(await sql`select status from billing_nights`).toEqual([{ status: "completed" }]);
  await expectHonestMails(sql, mail);
  expect(mail.mails).toHaveLength(1);
});
