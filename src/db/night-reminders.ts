import type { LocalDate } from "../billing/dates.ts";
import type { Sql, Tx } from "./client.ts";

export interface ReminderStageRow {
  id: number;
  reminderNumber: number;
  daysOffset: number;
  createdAt: Date;
}

/** The company's live reminder stages, earliest first. */
export async function listReminderStages(
  sql: Sql | Tx,
  companyId: number,
): Promise<ReminderStageRow[]> {
  return await sql<ReminderStageRow[]>`
    select id, reminder_number, days_offset, created_at
    from payment_reminders
    where company_id = ${companyId} and is_active and deleted_at is null
    order by days_offset, id
  `;
}

export interface ReminderCandidateRow {
  id: number;
  invoiceNumber: string;
  dueDate: LocalDate;
  issueDate: LocalDate;
  sentAt: Date | null;
  dunningFrom: LocalDate | null;
  isArchived: boolean;
  isDisputed: boolean;
  /** When a reminder was last sent, or perhaps was. */
  lastReminderAt: Date | null;
  recipient: string | null;
  /** Stages the ledger already speaks of, for this due date. */
  recordedIds: string[];
}

/**
 * Locks the next invoices with a stage that is due and not in the ledger, in due-date order after
 * the cursor. Settled invoices have none; archived and disputed ones have theirs cancelled, with the
 * reason on record (BILLING.md 7.2).
 */
export async function lockReminderCandidates(
  tx: Tx,
  input: {
    companyId: number;
    businessDate: LocalDate;
    after: { dueDate: LocalDate; id: number } | null;
    limit: number;
  },
): Promise<ReminderCandidateRow[]> {
  const { companyId, businessDate, after, limit } = input;
  return await tx<ReminderCandidateRow[]>`
    select
      i.id, i.invoice_number, i.due_date, i.issue_date, i.sent_at, i.dunning_from, i.is_archived,
      i.is_disputed,
      -- One that may have arrived counts as well.
      greatest(i.last_reminder_at, (
        select max(d.updated_at) from deliveries d
        where d.company_id = i.company_id and d.invoice_id = i.id
          and d.kind = 'reminder' and d.status in ('sending', 'unknown')
      )) as last_reminder_at,
      coalesce(
        nullif(c.email, ''),
        (select p.email from contacts p
         where p.company_id = c.company_id and p.client_id = c.id and p.email <> ''
         order by p.is_primary desc, p.id limit 1)
      ) as recipient,
      array(
        select x.reminder_id::text from invoice_reminders x
        where x.company_id = i.company_id and x.invoice_id = i.id and x.due_date = i.due_date
          and x.reminder_id is not null
      ) as recorded_ids
    from invoices i
    join clients c on c.company_id = i.company_id and c.id = i.client_id
    where i.company_id = ${companyId}
      and i.status in ('sent', 'viewed', 'partial', 'overdue')
      and i.deleted_at is null
      and i.amount_due > 0
      and exists (
        select 1 from payment_reminders r
        where r.company_id = i.company_id and r.is_active and r.deleted_at is null
          and i.due_date + r.days_offset <= ${businessDate}::date
          and not exists (
            select 1 from invoice_reminders x
            where x.company_id = i.company_id and x.invoice_id = i.id and x.reminder_id = r.id
              and x.due_date = i.due_date
            -- One look-up for each: else every chunk reads the whole ledger into a hash table.
            offset 0
          )
      )
      ${after === null ? tx`` : tx`and (i.due_date, i.id) > (${after.dueDate}::date, ${after.id}::int8)`}
    order by i.due_date, i.id
    limit ${limit}
    for no key update of i
  `;
}

export interface ReminderDecision {
  invoiceId: number;
  reminderId: number;
  dueDate: LocalDate;
  status: "queued" | "superseded" | "not_applicable" | "blocked" | "cancelled";
  reason: string | null;
}

/** Writes decisions into the ledger; returns those that were not there yet. */
export async function recordReminderDecisions(
  tx: Tx,
  input: { companyId: number; businessDate: LocalDate; now: Date; rows: ReminderDecision[] },
): Promise<{ id: number; invoiceId: number; reminderId: number; status: string }[]> {
  const { companyId, businessDate, now, rows } = input;
  return await tx<{ id: number; invoiceId: number; reminderId: number; status: string }[]>`
    insert into invoice_reminders (
      company_id, invoice_id, reminder_id, due_date, status, reason, business_date, created_at,
      updated_at
    )
    select
      ${companyId}, p.invoice_id, p.reminder_id, p.due_date, p.status, p.reason, ${businessDate},
      ${now}, ${now}
    from unnest(
      ${rows.map((row) => row.invoiceId)}::int8[], ${rows.map((row) => row.reminderId)}::int8[],
      ${rows.map((row) => row.dueDate)}::date[], ${rows.map((row) => row.status)}::text[],
      ${rows.map((row) => row.reason)}::text[]
    ) as p (invoice_id, reminder_id, due_date, status, reason)
    on conflict on constraint invoice_reminders_once do nothing
    returning id, invoice_id, reminder_id, status
  `;
}

/**
 * A later stage takes the place of an earlier one that is still waiting to be sent, or may be taken up
 * again, so that a mail server that was down for days does not deliver all of them at once.
 */
export async function supersedeWaitingReminders(
  tx: Tx,
  input: { companyId: number; now: Date; newIds: number[] },
): Promise<void> {
  const { companyId, now, newIds } = input;
  await tx`
    with superseded as (
      update invoice_reminders old
      set status = 'superseded', reason = 'a later stage came due before it was sent',
          updated_at = ${now}
      from invoice_reminders newer
      where newer.company_id = ${companyId} and newer.id = any(${newIds}::int8[])
        and old.company_id = newer.company_id and old.invoice_id = newer.invoice_id
        and old.id < newer.id and (
          old.status = 'queued'
          -- Given up with its run, which somebody may start again.
          or old.status in ('failed', 'cancelled') and exists (
            select from deliveries given_up
            where given_up.company_id = old.company_id
              and given_up.invoice_reminder_id = old.id and given_up.error_code = 'given_up'
          )
        )
      returning old.id
    )
    update deliveries d
    set status = 'cancelled', error_code = 'superseded', updated_at = ${now}
    from superseded s
    where d.company_id = ${companyId} and d.invoice_reminder_id = s.id
      and (d.status = 'queued' or d.error_code = 'given_up')
  `;
}
