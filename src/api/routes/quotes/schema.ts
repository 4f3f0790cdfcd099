import { z } from "zod";
import {
  quoteStatusColor,
  quoteStatusLabel,
  type QuoteStatus,
} from "../../../billing/quote-statuses.ts";
import type { QuoteRow } from "../../../db/quotes.ts";
import { dateJson, instantJson, presentInstant } from "../../answers.ts";
import { minorJson } from "../../units.ts";
import { presentDiscountValue } from "../invoices/schema.ts";

export const quoteStatuses = [
  "draft",
  "sent",
  "viewed",
  "accepted",
  "declined",
  "expired",
] as const satisfies readonly QuoteStatus[];

/** Amounts in minor units of the quote's currency. */
export const quoteJson = z
  .object({
    id: z.int(),
    uuid: z.string(),
    client_id: z.int(),
    quote_number: z.string(),
    status: z.enum(quoteStatuses).meta({
      description: "A quote that was sent, is not answered and is past its expiry date is expired.",
    }),
    status_label: z.string(),
    status_color: z.string(),
    is_archived: z.boolean(),
    issue_date: dateJson,
    expiry_date: dateJson.meta({ description: "The last day on which it can be accepted." }),
    currency: z.string(),
    subtotal: minorJson,
    tax_total: minorJson,
    discount_type: z.enum(["percentage", "fixed"]).nullable(),
    discount_value: z.number().nullable().meta({
      description: "Per cent for a percentage, minor units for a fixed discount.",
    }),
    discount_total: minorJson,
    total: minorJson,
    notes: z.string().nullable(),
    terms: z.string().nullable(),
    footer: z.string().nullable(),
    sent_at: instantJson.nullable().meta({ description: "When a mail server accepted it." }),
    viewed_at: instantJson.nullable(),
    accepted_at: instantJson.nullable(),
    declined_at: instantJson.nullable(),
    converted_to_invoice_id: z.int().nullable(),
    converted_to_project_id: z.int().nullable(),
    pdf_path: z.null().meta({ description: "PDFs are made when asked for: see /pdf." }),
    created_at: instantJson,
    updated_at: instantJson,
  })
  .meta({ id: "Quote" });

export function presentQuote(quote: QuoteRow): z.input<typeof quoteJson> {
  return {
    id: quote.id,
    uuid: quote.uuid,
    client_id: quote.clientId,
    quote_number: quote.quoteNumber,
    status: quote.status,
    status_label: quoteStatusLabel(quote.status),
    status_color: quoteStatusColor(quote.status),
    is_archived: quote.isArchived,
    issue_date: quote.issueDate,
    expiry_date: quote.expiryDate,
    currency: quote.currency,
    subtotal: Number(quote.subtotal),
    tax_total: Number(quote.taxTotal),
    discount_type: quote.discountType,
    discount_value: presentDiscountValue(quote),
    discount_total: Number(quote.discountTotal),
    total: Number(quote.total),
    notes: quote.notes,
    terms: quote.terms,
    footer: quote.footer,
    sent_at: presentInstant(quote.sentAt),
    viewed_at: presentInstant(quote.viewedAt),
    accepted_at: presentInstant(quote.acceptedAt),
    declined_at: presentInstant(quote.declinedAt),
    converted_to_invoice_id: quote.convertedToInvoiceId,
    converted_to_project_id: quote.convertedToProjectId,
    pdf_path: null,
    created_at: presentInstant(quote.createdAt),
    updated_at: presentInstant(quote.updatedAt),
  };
}
