import { NotFound } from "../errors.ts";
import type { Sql, Tx } from "./client.ts";

/** One of a company's up to three reminder stages (BILLING.md section 7). */
export interface PaymentReminderRow {
  id: number;
  /** 1, 2 or 3; unique among those not deleted. */
  reminderNumber: number;
  /** Days from the due date; negative before it. */
  daysOffset: number;
  subject: string | null;
  body: string | null;
  isActive: boolean;
  createdAt: Date;
  updatedAt: Date;
}

/** The constraint that a second reminder of the same number violates. */
export const reminderNumberKey = "payment_reminders_number_key";

function columns(sql: Sql | Tx) {
  return sql`
    id, reminder_number, days_offset, subject, body, is_active, created_at, updated_at
  `;
}

/** By number. */
export async function listPaymentReminders(
  sql: Sql | Tx,
  companyId: number,
): Promise<PaymentReminderRow[]> {
  return await sql<PaymentReminderRow[]>`
    select ${columns(sql)}
    from payment_reminders
    where company_id = ${companyId} and deleted_at is null
    order by reminder_number
  `;
}

/** A deleted reminder is not found. */
export async function lockPaymentReminder(
  tx: Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<PaymentReminderRow> {
  const [row] = await tx<PaymentReminderRow[]>`
    select ${columns(tx)}
    from payment_reminders
    where company_id = ${companyId} and id = ${id} and deleted_at is null
    for no key update
  `;
  if (row === undefined) throw new NotFound("Payment reminder");
  return row;
}

export type PaymentReminderValues = Pick<
  PaymentReminderRow,
  "reminderNumber" | "daysOffset" | "subject" | "body" | "isActive"
>;

/** Inserts unless the number is taken: then there is no row. */
export async function insertPaymentReminder(
  tx: Tx,
  { companyId, now }: { companyId: number; now: Date },
  values: PaymentReminderValues,
): Promise<PaymentReminderRow | undefined> {
  const [row] = await tx<PaymentReminderRow[]>`
    insert into payment_reminders ${tx({ companyId, ...values, createdAt: now, updatedAt: now })}
    on conflict (company_id, reminder_number) where deleted_at is null do nothing
    returning ${columns(tx)}
  `;
  return row;
}

/** Whether another live reminder of the company has this number. */
export async function isReminderNumberTaken(
  tx: Tx,
  input: { companyId: number; reminderNumber: number; exceptId: number },
): Promise<boolean> {
  const rows = await tx`
    select 1
    from payment_reminders
    where company_id = ${input.companyId} and reminder_number = ${input.reminderNumber}
      and id <> ${input.exceptId} and deleted_at is null
  `;
  return rows.length > 0;
}

/** @throws a violation of `reminderNumberKey` when somebody else took the number just now. */
export async function updatePaymentReminder(
  tx: Tx,
  { companyId, id, now }: { companyId: number; id: number; now: Date },
  values: PaymentReminderValues,
): Promise<PaymentReminderRow> {
  const [row] = await tx<PaymentReminderRow[]>`
    update payment_reminders set ${tx({ ...values, updatedAt: now })}
    where company_id = ${companyId} and id = ${id} and deleted_at is null
    returning ${columns(tx)}
  `;
  if (row === undefined) throw new NotFound("Payment reminder");
  return row;
}

/** The row stays, for the reminder ledger refers to it. */
export async function markPaymentReminderDeleted(
  tx: Tx,
  { companyId, id, now }: { companyId: number; id: number; now: Date },
): Promise<void> {
  await tx`
    update payment_reminders set deleted_at = ${now}, updated_at = ${now}
    where company_id = ${companyId} and id = ${id}
  `;
}
