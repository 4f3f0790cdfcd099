import { expect, test } from "vitest";
import { commitDelivery, openDelivery } from "../../../src/actions/deliver-mail.ts";
import {
  acceptDelivery,
  doubtDelivery,
  failDelivery,
  requeueDelivery,
} from "../../../src/actions/settle-delivery.ts";
import { listAttention } from "../../../src/db/attention.ts";
import { listInvoiceDeliveries } from "../../../src/db/deliveries.ts";
import { inTransaction } from "../../../src/db/transaction.ts";
import { runNight } from "../../../src/jobs/billing/night.ts";
import {
  insertClient,
  insertCompany,
  insertInvoice,
  insertReminder,
} from "../../support/records.ts";
import { setup } from "../../support/setup.ts";

/** An invoice due on 10 March with reminders on that day and the next. */
async function open() {
  const { sql, clock } = await setup({ now: "2026-03-10T02:00:00Z" });
  const companyId = await insertCompany(sql);
  const clientId = await insertClient(sql, companyId);
  const invoiceId = await insertInvoice(sql, { companyId, clientId }, { dueDate: "2026-03-10" });
  for (const days of [0, 1]) {
    await insertReminder(sql, companyId, { reminderNumber: days + 1, daysOffset: days });
  }
  const deps = { sql, clock, signal: new AbortController().signal };
  const night = async (businessDate: string) => {
    clock.set(`${businessDate}T02:00:00Z`);
    await runNight(deps, { companyId, businessDate });
  };
  const ledger = async () =>
    (await sql`select status from invoice_reminders order by reminder_id`).map(
      ({ status }) => status,
    );
  const deliveries = async () => await listInvoiceDeliveries(sql, { companyId, invoiceId });
  const refOf = async (index: number) => {
    const delivery = (await deliveries())[index]!;
    const [row] = await sql<{ version: string }[]>`select xmin::text as version from invoices`;
    const { version } = row!;
    const { id: deliveryId } = delivery;
    const recipient = delivery.recipient!;
    return { companyId, deliveryId, messageId: "<m@test>", version, recipient, attempts: 1, clock };
  };
  return { sql, clock, companyId, clientId, invoiceId, night, ledger, deliveries, refOf };
}

test("a reminder that may have arrived counts: no other follows within 24 hours", async () => {
  const { sql, clock, night, ledger, refOf } = await open();
  await night("2026-03-10");
  clock.set("2026-03-10T20:00:00Z");
  const ref = await refOf(0);
  await inTransaction(sql, (tx) => commitDelivery(tx, ref));
  await inTransaction(sql, (tx) => doubtDelivery(tx, { ...ref, reason: "no answer" }));
  await night("2026-03-11");
  expect(await ledger()).toEqual(["unknown"]);
  await night("2026-03-12");
  expect(await ledger()).toEqual(["unknown", "queued"]);
});

test("a reminder does not go out while another of the same invoice is on the line", async () => {
  const { sql, night, refOf, deliveries } = await open();
  await night("2026-03-10");
  const first = await refOf(0);
  await inTransaction(sql, (tx) => commitDelivery(tx, first));
  await sql`update invoice_reminders set created_at = '2026-03-01'`;
  await sql`update deliveries set updated_at = '2026-03-10T02:00:00Z'`;
  await sql`
    insert into invoice_reminders (
      company_id, invoice_id, reminder_id, due_date, status, business_date, created_at, updated_at
    )
    select x.company_id, x.invoice_id, r.id, x.due_date, 'queued', '2026-03-11', now(), now()
    from invoice_reminders x join payment_reminders r on r.days_offset = 1
  `;
  await sql`
    insert into deliveries (
      company_id, kind, key, invoice_id, invoice_reminder_id, recipient, message_id, created_at,
      updated_at
    )
    select x.company_id, 'reminder', 'second', x.invoice_id, x.id, 'a@pine.test', 'x', now(), now()
    from invoice_reminders x where x.business_date = '2026-03-11'
  `;
  const second = await refOf(1);
  const open2 = async () => await inTransaction(sql, (tx) => openDelivery(tx, second));
  expect(await open2()).toMatchObject({ kind: "later", reason: expect.stringMatching(/24 hours/) });
  // It waits its turn, and is not given up for that: the one before was refused after all.
  const refusal = { ...first, code: "message_rejected", reason: "no" };
  await inTransaction(sql, (tx) => failDelivery(tx, refusal));
  expect((await deliveries()).map(({ status }) => status)).toEqual(["failed", "queued"]);
  expect(await open2()).toMatchObject({ kind: "ready" });
});

test("a mail that was written before its invoice changed is written again", async () => {
  const { sql, night, refOf, invoiceId, deliveries } = await open();
  await night("2026-03-10");
  const ref = await refOf(0);
  const opened = await inTransaction(sql, (tx) => openDelivery(tx, ref));
  if (opened.kind !== "ready") throw new Error(opened.reason);
  await sql`
    update invoices set amount_paid = 4000, status = 'partial' where id = ${invoiceId}
  `;
  const { version } = opened.state;
  const changed = await inTransaction(sql, (tx) => commitDelivery(tx, { ...ref, version }));
  expect(changed).toMatchObject({ kind: "changed" });
  expect((await deliveries())[0]).toMatchObject({ status: "queued", attempts: 0 });
  const again = await inTransaction(sql, (tx) => openDelivery(tx, ref));
  if (again.kind !== "ready") throw new Error(again.reason);
  expect(
    await inTransaction(sql, (tx) => commitDelivery(tx, { ...ref, version: again.state.version })),
  ).toMatchObject({ kind: "ready" });
});

test("a mail that was thought lost and was taken after all needs nobody's attention", async () => {
  const { sql, night, refOf, companyId, deliveries } = await open();
  await night("2026-03-10");
  const ref = await refOf(0);
  await inTransaction(sql, (tx) => commitDelivery(tx, ref));
  await inTransaction(sql, (tx) => openDelivery(tx, ref));
  expect(await listAttention(sql, { companyId, isOpen: true, limit: 5 })).toHaveLength(1);
  await inTransaction(sql, (tx) => acceptDelivery(tx, { ...ref, response: "250 OK" }));
  expect((await deliveries())[0]).toMatchObject({ status: "accepted" });
  expect(await listAttention(sql, { companyId, isOpen: true, limit: 5 })).toEqual([]);
});

test("a worker that fell behind says nothing of the attempt that followed its own", async () => {
  const { sql, night, refOf, deliveries } = await open();
  await night("2026-03-10");
  const late = await refOf(0);
  const interruption = { ...late, code: "interrupted", reason: "the worker is stopping" };
  await inTransaction(sql, (tx) => commitDelivery(tx, late));
  await inTransaction(sql, (tx) => requeueDelivery(tx, interruption));
  expect((await deliveries())[0]).toMatchObject({ status: "queued", errorCode: "interrupted" });
  const present = { ...(await refOf(0)), attempts: 2 };
  await inTransaction(sql, (tx) => commitDelivery(tx, present));

  const failure = { ...late, code: "message_rejected", reason: "no" };
  expect(await inTransaction(sql, (tx) => failDelivery(tx, failure))).toBe(false);
  await inTransaction(sql, (tx) => requeueDelivery(tx, interruption));
  await inTransaction(sql, (tx) => doubtDelivery(tx, interruption));
  await inTransaction(sql, (tx) => acceptDelivery(tx, { ...late, response: "250 late" }));
  expect((await deliveries())[0]).toMatchObject({ status: "sending", attempts: 2, response: null });
  await inTransaction(sql, (tx) => acceptDelivery(tx, { ...present, response: "250 OK" }));
  await inTransaction(sql, (tx) => failDelivery(tx, { ...failure, attempts: 2 }));
  expect((await deliveries())[0]).toMatchObject({ status: "accepted", response: "250 OK" });
  expect(await sql`select reminders_sent from invoices`).toEqual([{ remindersSent: 1 }]);
});

test("a reminder that was given up is not taken up after a later one", async () => {
  const { sql, night, ledger, refOf, deliveries } = await open();
  await night("2026-03-10");
  const giveUp = async () => {
    await sql`update deliveries set status = 'failed', error_code = 'given_up'`;
    await sql`update invoice_reminders set status = 'failed'`;
  };
  await giveUp();
  const ref = await refOf(0);
  const openFirst = async () => await inTransaction(sql, (tx) => openDelivery(tx, ref));
  expect(await openFirst()).toMatchObject({ kind: "ready", delivery: { status: "queued" } });
  expect(await ledger()).toEqual(["queued"]);
  await giveUp();
  await night("2026-03-11");
  expect(await ledger()).toEqual(["superseded", "queued"]);
  expect(await openFirst()).toMatchObject({ kind: "over" });
  expect((await deliveries()).map(({ status }) => status)).toEqual(["cancelled", "queued"]);
});
