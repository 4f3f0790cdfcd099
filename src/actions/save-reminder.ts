import { violatedConstraint, type Tx } from "../db/client.ts";
import {
  insertPaymentReminder,
  isReminderNumberTaken,
  lockPaymentReminder,
  markPaymentReminderDeleted,
  reminderNumberKey,
  updatePaymentReminder,
  type PaymentReminderRow,
  type PaymentReminderValues,
} from "../db/payment-reminders.ts";
import { InvalidInput } from "../errors.ts";
import { checkPlaceholders } from "./check-placeholders.ts";
import { MAIL_PLACEHOLDERS } from "./compose-mail.ts";

export interface ReminderInput {
  reminderNumber?: number | undefined;
  /** Days from the due date, −30…90. */
  daysOffset?: number | undefined;
  subject?: string | null | undefined;
  body?: string | null | undefined;
  isActive?: boolean | undefined;
}

/**
 * Adds a reminder stage (BILLING.md 7.1). Throws `InvalidInput` when its number is taken, or a text
 * has a placeholder that mails do not know.
 */
export async function createReminder(
  tx: Tx,
  where: { companyId: number; now: Date },
  input: ReminderInput & { reminderNumber: number; daysOffset: number },
): Promise<PaymentReminderRow> {
  checkTexts(input);
  const reminder = await insertPaymentReminder(tx, where, {
    reminderNumber: input.reminderNumber,
    daysOffset: input.daysOffset,
    subject: input.subject ?? null,
    body: input.body ?? null,
    isActive: input.isActive ?? true,
  });
  if (reminder === undefined) throw numberTaken(input.reminderNumber);
  return reminder;
}

/** Changes a stage; what is left out stays. What the ledger says of earlier reminders stays too. */
export async function updateReminder(
  tx: Tx,
  where: { companyId: number; id: number; now: Date },
  input: ReminderInput,
): Promise<PaymentReminderRow> {
  checkTexts(input);
  const stored = await lockPaymentReminder(tx, where);
  const values: PaymentReminderValues = {
    reminderNumber: input.reminderNumber ?? stored.reminderNumber,
    daysOffset: input.daysOffset ?? stored.daysOffset,
    subject: input.subject === undefined ? stored.subject : input.subject,
    body: input.body === undefined ? stored.body : input.body,
    isActive: input.isActive ?? stored.isActive,
  };
  const { reminderNumber } = values;
  if (await isReminderNumberTaken(tx, { ...where, reminderNumber, exceptId: where.id })) {
    throw numberTaken(reminderNumber);
  }
  try {
    return await updatePaymentReminder(tx, where, values);
  } catch (error) {
    // Somebody else took the number between the look and the write.
    if (violatedConstraint(error) === reminderNumberKey) throw numberTaken(reminderNumber, error);
    throw error;
  }
}

/** Ends a stage. Its row stays, for the reminder ledger refers to it; its number is free again. */
export async function deleteReminder(
  tx: Tx,
  where: { companyId: number; id: number; now: Date },
): Promise<void> {
  await lockPaymentReminder(tx, where);
  await markPaymentReminderDeleted(tx, where);
}

function checkTexts({ subject, body }: ReminderInput): void {
  checkPlaceholders({ subject, body }, MAIL_PLACEHOLDERS);
}

function numberTaken(reminderNumber: number, cause?: unknown): InvalidInput {
  return new InvalidInput(
    { reminder_number: [`There is already a reminder ${reminderNumber}.`] },
    { cause },
  );
}
