import type { LocalDate } from "../billing/dates.ts";
import type { InvoiceStatus } from "../billing/statuses.ts";
import type { Tx } from "./client.ts";

/** What decides whether a mail about an invoice may still go out. Money in minor units. */
export interface MailStateRow {
  about: "invoice";
  invoiceId: number;
  clientId: number;
  status: InvoiceStatus;
  isArchived: boolean;
  isDisputed: boolean;
  isDeleted: boolean;
  total: bigint;
  amountDue: bigint;
  dueDate: LocalDate;
  sentAt: Date | null;
  lastReminderAt: Date | null;
  /** Another one after every change of the invoice's row, and of the payment's. */
  version: string;
  /** The reminder's entry in the ledger, when the mail is one. */
  reminderStatus: string | null;
  reminderDueDate: LocalDate | null;
  reminderNumber: number | null;
  reminderDaysOffset: number | null;
  reminderSubject: string | null;
  reminderBody: string | null;
  /** What the mail is a receipt for, when it is one; none once that payment was deleted. */
  paymentId: number | null;
  /** The company's. */
  timezone: string;
  testNow: Date | null;
}

/** Locks the invoice of a delivery and reads what matters right before sending (BILLING.md 7.2). */
export async function lockMailState(
  tx: Tx,
  { companyId, deliveryId }: { companyId: number; deliveryId: number },
): Promise<MailStateRow | undefined> {
  const [row] = await tx<MailStateRow[]>`
    select
      'invoice' as about, i.id as invoice_id, i.client_id, i.status, i.is_archived, i.is_disputed,
      (i.deleted_at is not null) as is_deleted, i.total, i.amount_due, i.due_date, i.sent_at,
      i.last_reminder_at, concat_ws('/', i.xmin, p.xmin) as version, x.status as reminder_status,
      x.due_date as reminder_due_date, r.reminder_number, r.days_offset as reminder_days_offset,
      r.subject as reminder_subject, r.body as reminder_body, p.id as payment_id, co.timezone,
      co.test_now
    from deliveries d
    join invoices i on i.company_id = d.company_id and i.id = d.invoice_id
    join companies co on co.id = d.company_id
    left join invoice_reminders x on x.company_id = d.company_id and x.id = d.invoice_reminder_id
    left join payment_reminders r on r.company_id = x.company_id and r.id = x.reminder_id
    left join payments p on p.company_id = d.company_id and p.id = d.payment_id
    where d.company_id = ${companyId} and d.id = ${deliveryId}
    for no key update of i
  `;
  return row;
}

/**
 * When another reminder of the same invoice left, or may have, without an answer that we know of. To
 * be asked once the invoice is locked: who sends one locks it, too.
 */
export async function findDoubtfulReminderAt(
  tx: Tx,
  input: { companyId: number; invoiceId: number; exceptDeliveryId: number },
): Promise<Date | null> {
  const [row] = await tx<{ at: Date | null }[]>`
    select max(updated_at) as at
    from deliveries
    where company_id = ${input.companyId} and invoice_id = ${input.invoiceId}
      and kind = 'reminder' and status in ('sending', 'unknown') and id <> ${input.exceptDeliveryId}
  `;
  return row?.at ?? null;
}

/** The mail server took the invoice: only now it is sent (BILLING.md section 8). */
export async function markInvoiceMailed(
  tx: Tx,
  { companyId, invoiceId, now }: { companyId: number; invoiceId: number; now: Date },
): Promise<void> {
  await tx`
    update invoices
    set sent_at = coalesce(sent_at, ${now}),
        status = case when status = 'draft' then 'sent' else status end,
        updated_at = ${now}
    where company_id = ${companyId} and id = ${invoiceId}
  `;
}

/** The mail server took the reminder. */
export async function markReminderMailed(
  tx: Tx,
  input: { companyId: number; invoiceId: number; invoiceReminderId: number; now: Date },
): Promise<void> {
  const { companyId, invoiceId, invoiceReminderId, now } = input;
  await tx`
    with reminder as (
      update invoice_reminders
      set status = 'sent', sent_at = ${now}, updated_at = ${now}
      where company_id = ${companyId} and id = ${invoiceReminderId}
    )
    update invoices
    set reminders_sent = reminders_sent + 1, last_reminder_at = ${now}, updated_at = ${now}
    where company_id = ${companyId} and id = ${invoiceId}
  `;
}

/** A reminder that did not go out is to be tried once more. */
export async function requeueReminder(
  tx: Tx,
  input: { companyId: number; invoiceReminderId: number; now: Date },
): Promise<void> {
  await tx`
    update invoice_reminders
    set status = 'queued', reason = null, updated_at = ${input.now}
    where company_id = ${input.companyId} and id = ${input.invoiceReminderId}
  `;
}

/** Records how a reminder ended that was not sent. */
export async function endReminder(
  tx: Tx,
  input: {
    companyId: number;
    invoiceReminderId: number;
    status: "cancelled" | "failed" | "unknown" | "blocked";
    reason: string;
    now: Date;
  },
): Promise<void> {
  await tx`
    update invoice_reminders
    set status = ${input.status}, reason = ${input.reason}, updated_at = ${input.now}
    where company_id = ${input.companyId} and id = ${input.invoiceReminderId} and status = 'queued'
  `;
}

export interface MailTargetRow {
  eventId: number;
  companyId: number;
  deliveryId: number;
}

/** The deliveries that events ask for, one each. */
export async function listRequestedDeliveries(
  tx: Tx,
  eventIds: readonly number[],
): Promise<MailTargetRow[]> {
  return await tx<MailTargetRow[]>`
    select id as event_id, company_id, (payload ->> 'delivery_id')::int8 as delivery_id
    from events
    where id = any(${[...eventIds]}::int8[])
  `;
}
