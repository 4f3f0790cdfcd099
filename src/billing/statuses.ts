import type { LocalDate } from "./dates.ts";

export const invoiceStatuses = [
  "draft",
  "sent",
  "viewed",
  "partial",
  "paid",
  "overdue",
  "cancelled",
] as const;
export type InvoiceStatus = (typeof invoiceStatuses)[number];

/** What an invoice may become from each status (BILLING.md sections 8 and 9). */
const NEXT: Readonly<Record<InvoiceStatus, readonly InvoiceStatus[]>> = {
  // A draft can be paid at once; one of zero is, when it is sent.
  draft: ["sent", "partial", "paid", "cancelled"],
  sent: ["viewed", "partial", "paid", "overdue", "cancelled"],
  viewed: ["partial", "paid", "overdue", "cancelled"],
  // A payment taken back leaves what was there before it.
  partial: ["draft", "sent", "viewed", "paid", "overdue", "cancelled"],
  // A due date moved into the future ends being overdue.
  overdue: ["sent", "viewed", "partial", "paid", "cancelled"],
  // A refund reopens; a paid invoice cannot be cancelled.
  paid: ["draft", "sent", "viewed", "partial", "overdue"],
  cancelled: [],
};

/** Whether an invoice may go from one status to another. Staying what it is is no step. */
export function canBecome(from: InvoiceStatus, to: InvoiceStatus): boolean {
  return NEXT[from].includes(to);
}

/** Whether there is something a client can still pay. */
export function isPayable({
  status,
  amountDue,
}: {
  status: InvoiceStatus;
  amountDue: bigint;
}): boolean {
  return ["sent", "viewed", "partial", "overdue"].includes(status) && amountDue > 0n;
}

const APPEARANCE: Readonly<Record<InvoiceStatus, { label: string; color: string }>> = {
  draft: { label: "Draft", color: "gray" },
  sent: { label: "Sent", color: "blue" },
  viewed: { label: "Viewed", color: "indigo" },
  partial: { label: "Partial", color: "amber" },
  paid: { label: "Paid", color: "green" },
  overdue: { label: "Overdue", color: "red" },
  cancelled: { label: "Cancelled", color: "slate" },
};

export function statusLabel(status: InvoiceStatus): string {
  return APPEARANCE[status].label;
}

export function statusColor(status: InvoiceStatus): string {
  return APPEARANCE[status].color;
}

/** Overdue from the day after the due date on (BILLING.md 2.1). */
export function isOverdue(dueDate: LocalDate, businessDate: LocalDate): boolean {
  return dueDate < businessDate;
}

/**
 * The status of an invoice that is not cancelled, from its amounts and dates, after a payment, a
 * refund or a change (BILLING.md sections 8 and 9). One of total zero is paid once it is sent.
 */
export function statusAfterPayment(invoice: {
  total: bigint;
  amountPaid: bigint;
  wasSent: boolean;
  viewed: boolean;
  dueDate: LocalDate;
  businessDate: LocalDate;
}): InvoiceStatus {
  const { total, amountPaid, wasSent } = invoice;
  const isFinal = wasSent || amountPaid > 0n;
  if (isFinal && amountPaid >= total) return "paid";
  if (wasSent && isOverdue(invoice.dueDate, invoice.businessDate)) return "overdue";
  if (amountPaid > 0n) return "partial";
  if (!wasSent) return "draft";
  return invoice.viewed ? "viewed" : "sent";
}
