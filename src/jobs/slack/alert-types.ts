import type { AlertAmount } from "../../db/slack-alerts.ts";

/** How events of one type are told. */
export interface AlertType {
  /** One of them, after its number or name: "Invoice INV-7 is overdue". */
  one: string;
  /** Many of them, after their count: "500 invoices are overdue". */
  many: string;
  /** The amount that is told, and what it is called. */
  amount?: { name: AlertAmount; label: string };
  /** Whether a night makes many: they wait for its end, so that they can be told in one message. */
  isOfNights?: boolean;
}

const total = { name: "total", label: "Total" } as const;
const amount = { name: "amount", label: "Amount" } as const;

/** Every type of event that can be told in a channel. */
export const alertTypes = {
  "invoice.created": {
    one: "was created",
    many: "invoices were created",
    amount: total,
    isOfNights: true,
  },
  "invoice.sent": { one: "was sent", many: "invoices were sent", amount: total, isOfNights: true },
  "invoice.viewed": {
    one: "was viewed by its client",
    many: "invoices were viewed",
    amount: total,
  },
  "invoice.overdue": {
    one: "is overdue",
    many: "invoices are overdue",
    amount: { name: "amount_due", label: "Amount due" },
    isOfNights: true,
  },
  "invoice.late_fee_charged": {
    one: "got a late fee",
    many: "late fees were charged",
    amount: { name: "fee", label: "Late fee" },
    isOfNights: true,
  },
  "invoice.paid": { one: "is paid", many: "invoices are paid", amount: total, isOfNights: true },
  "invoice.voided": { one: "was voided", many: "invoices were voided", amount: total },
  "payment.received": { one: "got a payment", many: "payments were received", amount },
  "payment.refunded": { one: "had a payment refunded", many: "payments were refunded", amount },
  "quote.sent": { one: "was sent", many: "quotes were sent", amount: total },
  "quote.viewed": { one: "was viewed by its client", many: "quotes were viewed", amount: total },
  "quote.accepted": { one: "was accepted", many: "quotes were accepted", amount: total },
  "quote.declined": { one: "was declined", many: "quotes were declined", amount: total },
  "client.created": { one: "is a new client", many: "clients are new" },
  "import.completed": { one: "is complete", many: "imports are complete" },
  "import.failed": { one: "failed", many: "imports failed" },
  "connection.needs_reauth": {
    one: "has to be connected again",
    many: "connections have to be made again",
  },
  "attention.raised": { one: "", many: "things need a person", isOfNights: true },
  "night.completed": { one: "is done", many: "nights are done" },
  "night.held": { one: "is held", many: "nights are held" },
} as const satisfies Record<string, AlertType>;

export type AlertTypeName = keyof typeof alertTypes;

/** Their names, in the order in which they are shown. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of what is written above
export const alertTypeNames = Object.keys(alertTypes) as [AlertTypeName, ...AlertTypeName[]];

/** Undefined for a type that an older version knew. */
export function findAlertType(name: string): AlertType | undefined {
  return Object.entries<AlertType>(alertTypes).find(([known]) => known === name)?.[1];
}

/** The types that a night makes many of. */
export const nightTypes: readonly string[] = Object.entries<AlertType>(alertTypes)
  .filter(([, { isOfNights }]) => isOfNights)
  .map(([name]) => name);
