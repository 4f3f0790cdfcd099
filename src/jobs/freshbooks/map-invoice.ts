import type { Acting } from "../../actions/acting.ts";
import type { IncomingInvoice } from "../../actions/bring-in-invoice.ts";
import type { Incoming } from "../../actions/bring-in-records.ts";
import { priceInvoice } from "../../actions/price-invoice.ts";
import type { InvoiceStatus } from "../../billing/statuses.ts";
import type { FbInvoice } from "../../connectors/freshbooks/schemas.ts";
import { discountOfPercent, mapLines } from "./map-lines.ts";
import { limited, orNull } from "./texts.ts";
import { Unmappable } from "./unmappable.ts";
import { currencyOf, dateOf, easternInstant, minorOf } from "./values.ts";

const ADJUSTMENT = "Difference to FreshBooks";

/**
 * An invoice as it is there. Where our rules come to another total, theirs is kept by an adjustment,
 * which the report tells of.
 */
export function mapInvoice(
  { company, now }: Acting,
  invoice: FbInvoice,
  { clientId }: { clientId: number },
): Incoming<IncomingInvoice> {
  const invoiceNumber = limited(invoice.invoice_number, 64);
  if (invoiceNumber === "") throw new Unmappable("It has no number.");
  const currency = currencyOf(invoice.currency_code);
  const issueDate = dateOf(invoice.create_date);
  const dueDate = invoice.due_date === null ? issueDate : dateOf(invoice.due_date);
  if (dueDate < issueDate)
    throw new Unmappable(`It is due on ${dueDate}, before its date ${issueDate}.`);
  const total = minorOf(invoice.amount, currency);
  if (total < 0n) throw new Unmappable("Its total is below zero.");
  const lines = mapLines(invoice.lines, { currency, joins: false });
  const discount = discountOfPercent(invoice.discount_value);
  const amountPaid = paidOf(invoice, currency, total);
  const ours = priceInvoice(company, { lines, discount, adjustment: 0n, lateFee: 0n }).total;
  const status = statusOfInvoice(invoice, { total, amountPaid });
  const createdAt = easternInstant(invoice.created_at) ?? now;
  const paidAt =
    invoice.date_paid === null ? createdAt : new Date(`${dateOf(invoice.date_paid)}T12:00:00Z`);
  return {
    externalId: invoice.id,
    fields: {
      clientId,
      invoiceNumber,
      issueDate,
      dueDate,
      currency,
      lines,
      discount,
      adjustment: total - ours,
      adjustmentDescription: ADJUSTMENT,
      amountPaid,
      status,
      isDisputed: invoice.v3_status === "disputed",
      isArchived: invoice.vis_state !== 0,
      notes: orNull(invoice.notes, 5_000),
      terms: orNull(invoice.terms, 5_000),
      sentAt: status === "draft" ? null : createdAt,
      viewedAt:
        invoice.v3_status === "viewed" ? (easternInstant(invoice.updated) ?? createdAt) : null,
      paidAt: status === "paid" ? paidAt : null,
      createdAt,
    },
    ...(total !== ours && {
      adjusted: {
        reason: "By our rules its total is another one; an adjustment keeps theirs.",
        details: { there: Number(total), here: Number(ours) },
      },
    }),
  };
}

/** What was paid is not always said, but then what is outstanding is. Never below zero or above the total. */
export function paidOf({ paid, outstanding }: FbInvoice, currency: string, total: bigint): bigint {
  const amount =
    paid !== null
      ? minorOf(paid, currency)
      : outstanding !== null
        ? total - minorOf(outstanding, currency)
        : 0n;
  if (amount < 0n) return 0n;
  return amount > total ? total : amount;
}

/** Their many states in our words: money first, then what happened to it. */
export function statusOfInvoice(
  { v3_status: status }: FbInvoice,
  { total, amountPaid }: { total: bigint; amountPaid: bigint },
): InvoiceStatus {
  const isDraft = status === "draft" || status === "created";
  if (isDraft && amountPaid === 0n) return "draft";
  if (amountPaid >= total) return "paid";
  if (status === "overdue") return "overdue";
  if (amountPaid > 0n) return "partial";
  return status === "viewed" ? "viewed" : "sent";
}
