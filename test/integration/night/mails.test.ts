import { expect, test } from "vitest";
import type { Sql } from "../../../src/db/client.ts";
import { eventually } from "../../support/eventually.ts";
import { startPlatform } from "../../support/platform.ts";
import {
  insertClient,
  insertCompany,
  insertInvoice,
  insertReminder,
  insertSeries,
} from "../../support/records.ts";
import { holdRetries, hurryRetries } from "../../support/retries.ts";
import { setup } from "../../support/setup.ts";
import { runNightJob } from "../../../src/jobs/billing/run-night.ts";
import { enqueue } from "../../../src/queue/enqueue.ts";

/** Asks for a night of a company that lives at 02:00 of that date. */
async function askForNight(sql: Sql, companyId: number, businessDate: string, request = "test") {
  await sql`update companies set test_now = ${`${businessDate}T02:00:00Z`} where id = ${companyId}`;
  await sql.begin(
    async (tx) =>
      await enqueue(tx, runNightJob, { companyId, businessDate, dryRun: false, request }),
  );
}

async function untilDelivery(sql: Sql, companyId: number, status: string) {
  return await eventually(
    async () => {
      const [row] = await sql`
        select d.status, d.attempts, d.error_code, d.response, i.status as invoice_status, i.sent_at
        from deliveries d join invoices i on i.company_id = d.company_id and i.id = d.invoice_id
        where d.company_id = ${companyId}
      `;
      return row?.["status"] === status && row;
    },
    { withinMs: 20_000 },
  );
}

async function open({ autoSend = true } = {}) {
  const base = await setup();
  const platform = await startPlatform(base);
  const { sql } = platform;
  const companyId = await insertCompany(sql, { testNow: "2026-01-01T02:00:00Z" });
  const clientId = await insertClient(sql, companyId);
  if (autoSend) await insertSeries(sql, { companyId, clientId }, { autoSend: true });
  return { base, platform, sql, mail: platform.mail, companyId, clientId };
}

test("D1 D13 a night asked for twice at once makes one invoice and one email with its PDF", async () => {
  const { sql, mail, companyId } = await open();
  await Promise.all([
    askForNight(sql, companyId, "2026-01-01", "first"),
    askForNight(sql, companyId, "2026-01-01", "second"),
  ]);
  const delivery = await untilDelivery(sql, companyId, "accepted");
  expect(delivery).toMatchObject({ invoiceStatus: "sent", attempts: 1 });
  expect(delivery["sentAt"]).toEqual(new Date("2026-01-01T02:00:00Z"));
  await eventually(async () => {
    const [row] = await sql`
      select count(*)::int as count from job_runs
      where job = 'night.run' and status = 'succeeded'
    `;
    return row?.["count"] === 2;
  });
  expect(await sql`select invoice_number from invoices`).toEqual([{ invoiceNumber: "INV-00001" }]);
  expect(mail.mails).toHaveLength(1);
  const [sent] = mail.mails;
  expect(sent?.subject).toBe("Invoice INV-00001 from Harbour Studio");
  expect(sent?.attachments.map((file) => file.name)).toEqual(["INV-00001.pdf"]);
});

test("an invoice is not sent before the mail server took it: sent_at and status wait for it", async () => {
  const { sql, mail, companyId } = await open();
  mail.fail({ kind: "refuse", code: 450, at: "data" });
  await askForNight(sql, companyId, "2026-01-01");
  await holdRetries(sql);
  expect(await sql`select status, sent_at from invoices`).toEqual([
    { status: "draft", sentAt: null },
  ]);
  mail.heal();
  await hurryRetries(sql);
  await untilDelivery(sql, companyId, "accepted");
  expect(mail.mails).toHaveLength(1);
});

test("H13 the mail server goes silent after taking the mail: the record says unknown, nothing is sent again", async () => {
  const { sql, mail, companyId } = await open();
  mail.fail({ kind: "drop" });
  await askForNight(sql, companyId, "2026-01-01");
  const delivery = await untilDelivery(sql, companyId, "unknown");
  expect(delivery).toMatchObject({ attempts: 1, invoiceStatus: "draft", sentAt: null });
  expect(mail.mails).toHaveLength(1);
  expect(await sql`select kind from attention_items`).toEqual([{ kind: "mail.unknown" }]);
  // Settled a moment after the delivery.
  await eventually(async () => {
    const [run] = await sql`select status from job_runs where job = 'mail.send-invoice'`;
    return run?.["status"] === "skipped";
  });
});

test("H15 the mail server answers 550: the delivery has failed at once, without a retry", async () => {
  const { sql, mail, companyId } = await open();
  mail.fail({ kind: "refuse", code: 550 });
  await askForNight(sql, companyId, "2026-01-01");
  const delivery = await untilDelivery(sql, companyId, "failed");
  expect(delivery).toMatchObject({ errorCode: "recipient_rejected", invoiceStatus: "draft" });
  const [run] = await eventually(async () => {
    const rows = await sql`select status, attempt from job_runs where job = 'mail.send-invoice'`;
    return rows[0]?.["status"] === "dead" && rows;
  });
  expect(run).toEqual({ status: "dead", attempt: 1 });
  expect(mail.mails).toEqual([]);
});

test("a client without an address: the invoice is made, its mail is blocked, a person is told", async () => {
  const { sql, mail, companyId, clientId } = await open();
  await sql`update clients set email = null where id = ${clientId}`;
  await askForNight(sql, companyId, "2026-01-01");
  await untilDelivery(sql, companyId, "blocked");
  expect(await sql`select kind from attention_items`).toEqual([{ kind: "invoice.no-recipient" }]);
  expect(mail.mails).toEqual([]);
});

test("F23 an invoice over nothing is paid at once and nobody is mailed", async () => {
  const { sql, companyId, clientId } = await open({ autoSend: false });
  await insertSeries(sql, { companyId, clientId }, { autoSend: true }, [{ unitPrice: "0" }]);
  await askForNight(sql, companyId, "2026-01-01");
  await eventually(async () => {
    const [run] = await sql`select status from job_runs where job = 'night.run'`;
    return run?.["status"] === "succeeded";
  });
  expect(await sql`select status, total::int as total from invoices`).toEqual([
    { status: "paid", total: 0 },
  ]);
  expect(await sql`select id from deliveries`).toEqual([]);
});

test("H5 an invoice paid after the night decided, before the mail went, is not reminded of", async () => {
  const { sql, mail, companyId, clientId } = await open({ autoSend: false });
  await insertReminder(sql, companyId, { reminderNumber: 1, daysOffset: 1 });
  const id = await insertInvoice(sql, { companyId, clientId }, { dueDate: "2026-03-10" });
  // The reminder cannot go out at first; by the time it could, the invoice is paid.
  mail.fail({ kind: "refuse", code: 450 });
  await askForNight(sql, companyId, "2026-03-11");
  await holdRetries(sql);
  await sql`update invoices set status = 'paid', amount_paid = total where id = ${id}`;
  mail.heal();
  await hurryRetries(sql);
  await untilDelivery(sql, companyId, "cancelled");
  const [entry] = await sql`select status, reason from invoice_reminders`;
  expect(entry).toEqual({ status: "cancelled", reason: "the invoice is paid" });
  expect(mail.mails).toEqual([]);
});

test("H19 a limit on mails holds for all companies, and a small one is not behind a big one", async () => {
  const base = await setup();
  const platform = await startPlatform(base, { mailsPerSecond: 60 });
  const { sql, mail } = platform;
  const companies: number[] = [];
  for (const mails of [300, 5]) {
    const companyId = await insertCompany(sql, { testNow: "2026-01-01T02:00:00Z" });
    const email = mails === 5 ? "small@client.test" : "big@client.test";
    const clientId = await insertClient(sql, companyId, { email });
    for (let index = 0; index < mails; index += 1) {
      await insertSeries(sql, { companyId, clientId }, { autoSend: true });
    }
    companies.push(companyId);
  }
  const askedAt = performance.now();
  for (const companyId of companies) await askForNight(sql, companyId, "2026-01-01");
  const mails = await mail.waitFor((received) => received.length === 305, { withinMs: 100_000 });

  const small = mails.filter((one) => one.envelope.to.includes("small@client.test"));
  expect(small).toHaveLength(5);
  // 305 turns at 60 a second: however slow the machine, sooner would have been over the limit.
  expect(performance.now() - askedAt).toBeGreaterThan((304 / 60) * 1_000);
  // The five stand behind what the queue had been given before them, not behind the three hundred.
  expect(small.at(-1)!.position).toBeLessThan(200);
}, 120_000);
