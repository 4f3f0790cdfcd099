import type { LocalDate } from "./dates.ts";
import type { InvoiceStatus } from "./statuses.ts";

/** What decides whether a mail about an invoice may still go out. */
export interface MailState {
  status: InvoiceStatus;
  isArchived: boolean;
  isDisputed: boolean;
  isDeleted: boolean;
  total: bigint;
  amountDue: bigint;
  dueDate: LocalDate;
  reminderStatus: string | null;
  reminderDueDate: LocalDate | null;
}

/**
 * Why an invoice must not be mailed any more, or undefined. One that was paid meanwhile still goes to
 * the client, who has no other copy, and says that nothing is left to pay (BILLING.md section 8).
 */
export function whyNotMail(state: MailState): string | undefined {
  if (state.isDeleted) return "the invoice was deleted";
  if (state.status === "cancelled") return "the invoice was voided";
  if (state.total === 0n) return "the invoice is over nothing";
  return undefined;
}

/** Why a receipt must not be mailed any more, or undefined. That an invoice was voided unpays nothing. */
export function whyNotMailReceipt(state: {
  isDeleted: boolean;
  paymentId: number | null;
}): string | undefined {
  if (state.paymentId === null) return "the payment was deleted";
  return state.isDeleted ? "the invoice was deleted" : undefined;
}

/**
 * Why a reminder must not be sent, asked under lock right before sending (BILLING.md 7.2): the
 * invoice is settled, voided, disputed, archived, or moved.
 */
export function whyNotRemind(state: MailState): string | undefined {
  const never = whyNotMail(state);
  if (never !== undefined) return never;
  if (state.reminderStatus !== "queued") return `the reminder is ${state.reminderStatus}`;
  if (state.status === "paid" || state.amountDue <= 0n) return "the invoice is paid";
  if (state.status === "draft") return "the invoice is a draft";
  if (state.isDisputed) return "the invoice is disputed";
  if (state.isArchived) return "the invoice is archived";
  if (state.reminderDueDate !== state.dueDate) return "the due date was changed";
  return undefined;
}
