import { z } from "zod";
import { invoiceStatuses, statusColor, statusLabel } from "../../../billing/statuses.ts";
import type { InvoiceRow } from "../../../db/invoices.ts";
import { dateJson, instantJson, presentInstant } from "../../answers.ts";
import { minorJson, moneyJson, presentMinor } from "../../units.ts";
import { approvalJson, presentApproval } from "../time-entries/approval-schema.ts";

/** Amounts in minor units of the invoice's currency. */
export const invoiceJson = z
  .object({
    id: z.int(),
    uuid: z.string(),
    client_id: z.int(),
    project_id: z.int().nullable(),
    category_id: z.int().nullable(),
    recurring_invoice_id: z.int().nullable(),
    period_start: dateJson.nullable(),
    period_end: dateJson.nullable(),
    invoice_number: z.string(),
    status: z.enum(invoiceStatuses),
    status_label: z.string(),
    status_color: z.string(),
    status_set_at: instantJson.nullable().meta({
      description: "Since when it is a status set by hand; null while it follows money and dates.",
    }),
    is_archived: z.boolean(),
    is_disputed: z.boolean(),
    issue_date: dateJson,
    due_date: dateJson,
    currency: z.string(),
    tax_type: z.enum(["inline", "summary"]),
    subtotal: minorJson,
    tax_total: minorJson,
    discount_type: z.enum(["percentage", "fixed"]).nullable(),
    discount_value: z.number().nullable().meta({
      description: "Per cent for a percentage, minor units for a fixed discount.",
    }),
    discount_total: minorJson,
    adjustment_description: z
      .string()
      .nullable()
      .meta({ description: "Of several adjustments, what all of them are for." }),
    adjustment_amount: moneyJson("The sum of the adjustments."),
    late_fee_amount: moneyJson("Late fees charged and not waived, with tax."),
    late_fee_applied_at: instantJson.nullable(),
    total: minorJson,
    amount_paid: minorJson,
    amount_due: minorJson,
    notes: z.string().nullable(),
    terms: z.string().nullable(),
    footer: z.string().nullable(),
    approval: approvalJson,
    sent_at: instantJson.nullable().meta({ description: "When a mail server accepted it." }),
    viewed_at: instantJson.nullable(),
    paid_at: instantJson.nullable(),
    voided_at: instantJson.nullable(),
    reminders_sent: z.int(),
    last_reminder_at: instantJson.nullable(),
    created_at: instantJson,
    updated_at: instantJson,
  })
  .meta({ id: "Invoice" });

export function presentInvoice(invoice: InvoiceRow) {
  return {
    id: invoice.id,
    uuid: invoice.uuid,
    client_id: invoice.clientId,
    project_id: invoice.projectId,
    category_id: invoice.categoryId,
    recurring_invoice_id: invoice.recurringInvoiceId,
    period_start: invoice.periodStart,
    period_end: invoice.periodEnd,
    invoice_number: invoice.invoiceNumber,
    status: invoice.status,
    status_label: statusLabel(invoice.status),
    status_color: statusColor(invoice.status),
    status_set_at: presentInstant(invoice.statusSetAt),
    is_archived: invoice.isArchived,
    is_disputed: invoice.isDisputed,
    issue_date: invoice.issueDate,
    due_date: invoice.dueDate,
    currency: invoice.currency,
    tax_type: invoice.taxType,
    subtotal: presentMinor(invoice.subtotal),
    tax_total: presentMinor(invoice.taxTotal),
    discount_type: invoice.discountType,
    discount_value: presentDiscountValue(invoice),
    discount_total: presentMinor(invoice.discountTotal),
    adjustment_description: invoice.adjustmentDescription,
    adjustment_amount: presentMinor(invoice.adjustmentAmount),
    late_fee_amount: presentMinor(invoice.lateFeeAmount),
    late_fee_applied_at: presentInstant(invoice.lateFeeAppliedAt),
    total: presentMinor(invoice.total),
    amount_paid: presentMinor(invoice.amountPaid),
    amount_due: presentMinor(invoice.amountDue),
    notes: invoice.notes,
    terms: invoice.terms,
    footer: invoice.footer,
    approval: presentApproval(invoice),
    sent_at: presentInstant(invoice.sentAt),
    viewed_at: presentInstant(invoice.viewedAt),
    paid_at: presentInstant(invoice.paidAt),
    voided_at: presentInstant(invoice.voidedAt),
    reminders_sent: invoice.remindersSent,
    last_reminder_at: presentInstant(invoice.lastReminderAt),
    created_at: presentInstant(invoice.createdAt),
    updated_at: presentInstant(invoice.updatedAt),
  };
}

/** Of an invoice or a series. Stored as basis points with three decimals; a per cent is a hundred of them. */
export function presentDiscountValue({
  discountType,
  discountValue,
}: Pick<InvoiceRow, "discountType" | "discountValue">): number | null {
  if (discountValue === null) return null;
  if (discountType === "fixed") return Number(discountValue);
  // Rounded where its decimals end: 1.1 / 100 is not 0.011 in binary.
  return Number((Number(discountValue) / 100).toFixed(5));
}
