import { z } from "zod";
import type { ChargedTax } from "../../../actions/sum-taxes.ts";
import { invoiceStatuses, statusColor, statusLabel } from "../../../billing/statuses.ts";
import type { BankAccountRow } from "../../../db/bank-accounts.ts";
import type { ClientRow } from "../../../db/clients.ts";
import type { CompanyRow } from "../../../db/companies.ts";
import type { InvoiceLineRow } from "../../../db/invoice-lines.ts";
import type { InvoiceRow } from "../../../db/invoices.ts";
import { dateJson, instantJson, presentInstant } from "../../answers.ts";
import { presentRate } from "../../rates.ts";
import { minorJson, rateJson, units } from "../../units.ts";

const text = z.string().nullable();

/** What stands on the paper about either side, and nothing that a company keeps for itself. */
const partyJson = z.object({
  name: z.string(),
  email: text,
  address_line_1: text,
  address_line_2: text,
  city: text,
  state: text,
  postal_code: text,
  country: text,
});
const portalLineJson = z.object({
  description: z.string(),
  long_description: text,
  quantity: z.number(),
  unit: text,
  unit_price: z.string().meta({ description: units.unitPrice }),
  amount: minorJson,
  discount_amount: minorJson,
  tax_name_1: text,
  tax_rate_1: rateJson.nullable(),
  tax_amount_1: minorJson,
  tax_name_2: text,
  tax_rate_2: rateJson.nullable(),
  tax_amount_2: minorJson,
  is_late_fee: z.boolean(),
});
export const portalParts = {
  company: partyJson.extend({ phone: text, tax_number: text }),
  client: partyJson,
  line_items: z.array(portalLineJson),
};
export const bankDetailsJson = z.array(z.object({ name: z.string(), details: text }));

export const portalInvoiceJson = z
  .object({
    id: z.int(),
    uuid: z.string(),
    invoice_number: z.string(),
    status: z.enum(invoiceStatuses),
    status_label: z.string(),
    status_color: z.string(),
    issue_date: dateJson,
    due_date: dateJson,
    period_start: dateJson.nullable(),
    period_end: dateJson.nullable(),
    currency: z.string(),
    subtotal: minorJson,
    discount_total: minorJson,
    tax_total: minorJson,
    adjustment_description: text,
    adjustment_amount: minorJson,
    adjustments: z.array(z.object({ description: text, amount: minorJson })),
    late_fee_amount: minorJson,
    total: minorJson,
    amount_paid: minorJson,
    amount_due: minorJson,
    notes: text,
    terms: text,
    footer: text,
    paid_at: instantJson.nullable(),
    taxes: z.array(z.object({ name: z.string(), rate: rateJson, amount: minorJson })),
    ...portalParts,
  })
  .meta({ id: "PortalInvoice" });

export function presentPortalInvoice(invoice: InvoiceRow, taxes: readonly ChargedTax[]) {
  return {
    id: invoice.id,
    uuid: invoice.uuid,
    invoice_number: invoice.invoiceNumber,
    status: invoice.status,
    status_label: statusLabel(invoice.status),
    status_color: statusColor(invoice.status),
    issue_date: invoice.issueDate,
    due_date: invoice.dueDate,
    period_start: invoice.periodStart,
    period_end: invoice.periodEnd,
    currency: invoice.currency,
    subtotal: invoice.subtotal,
    discount_total: invoice.discountTotal,
    tax_total: invoice.taxTotal,
    adjustment_description: invoice.adjustmentDescription,
    adjustment_amount: invoice.adjustmentAmount,
    late_fee_amount: invoice.lateFeeAmount,
    total: invoice.total,
    amount_paid: invoice.amountPaid,
    amount_due: invoice.amountDue,
    notes: invoice.notes,
    terms: invoice.terms,
    footer: invoice.footer,
    paid_at: presentInstant(invoice.paidAt),
    // Thousandths of a basis point.
    taxes: taxes.map(({ name, rate, amount }) => ({ name, rate: Number(rate) / 1000, amount })),
  };
}

/** Both sides and the lines, of an invoice or a quote, as a client may see them. */
export function presentPortalParts(
  company: CompanyRow,
  client: ClientRow,
  lines: readonly Omit<InvoiceLineRow, "invoiceId">[],
) {
  return {
    company: {
      ...presentParty({ ...company, name: company.legalName ?? company.name }),
      phone: company.phone,
      tax_number: company.taxNumber,
    },
    client: presentParty(client),
    line_items: lines.map((line) => ({
      description: line.description,
      long_description: line.longDescription,
      quantity: Number(line.quantity),
      unit: line.unit,
      unit_price: line.unitPrice,
      amount: line.amount,
      discount_amount: line.discountAmount,
      tax_name_1: line.taxName1,
      tax_rate_1: presentRate(line.taxRate1),
      tax_amount_1: line.taxAmount1,
      tax_name_2: line.taxName2,
      tax_rate_2: presentRate(line.taxRate2),
      tax_amount_2: line.taxAmount2,
      is_late_fee: line.isLateFee,
    })),
  };
}

function presentParty(
  party: Pick<
    ClientRow,
    "name" | "email" | "addressLine1" | "addressLine2" | "city" | "state" | "postalCode" | "country"
  >,
) {
  return {
    name: party.name,
    email: party.email,
    address_line_1: party.addressLine1,
    address_line_2: party.addressLine2,
    city: party.city,
    state: party.state,
    postal_code: party.postalCode,
    country: party.country,
  };
}

export function presentBankDetails(accounts: readonly BankAccountRow[]) {
  return accounts.map(({ name, details }) => ({ name, details }));
}
