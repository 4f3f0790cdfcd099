import { z } from "zod";
import type { Sql, Tx } from "../../../db/client.ts";
import { listInvoiceDeliveries, type DeliveryRow } from "../../../db/deliveries.ts";
import { listAdjustments } from "../../../db/invoice-adjustments.ts";
import { listArtifacts } from "../../../db/invoice-artifacts.ts";
import { listInvoiceLateFees } from "../../../db/invoice-late-fees.ts";
import { listInvoiceLines, type InvoiceLineRow } from "../../../db/invoice-lines.ts";
import { getInvoicedClient } from "../../../db/invoice-references.ts";
import { listInvoiceReminders } from "../../../db/invoice-reminders.ts";
import { listInvoiceTaxes, type InvoiceTaxRow } from "../../../db/invoice-taxes.ts";
import type { InvoiceRow } from "../../../db/invoices.ts";
import { getCategoryName } from "../../../db/labels.ts";
import { listInvoicePayments } from "../../../db/payments.ts";
import type { Answer } from "../../answers.ts";
import type { CompanyContext } from "../../context.ts";
import { clientJson, presentClient } from "../clients/schema.ts";
import { loadTags, tagsJson } from "../tags/tags-of-records.ts";
import { adjustmentJson, presentAdjustment } from "./adjustment-schema.ts";
import { artifactJson, presentArtifact } from "./artifact-schema.ts";
import { invoiceLateFeeJson, presentInvoiceLateFee } from "./late-fee-schema.ts";
import { lineJson, presentLine } from "./line-schema.ts";
import {
  deliveryJson,
  invoiceReminderJson,
  presentDelivery,
  presentInvoiceReminder,
} from "./mail-schema.ts";
import { paymentJson, presentPayment } from "./payment-schema.ts";
import { invoiceJson, presentInvoice } from "./schema.ts";
import { invoiceTaxJson, presentTaxes } from "./tax-schema.ts";

export const invoiceAnswer = z.object({ data: invoiceJson });
/** As lists show it. */
export const listedInvoiceJson = invoiceJson.extend({
  tax_rate_ids: z.array(z.int()).meta({ description: "Kept rates on the whole invoice." }),
  tags: tagsJson,
});
const withLinesJson = listedInvoiceJson.extend({
  taxes: z.array(invoiceTaxJson),
  line_items: z.array(lineJson).meta({ description: "Late fees come last." }),
});
export const invoiceWithLinesAnswer = z.object({ data: withLinesJson });
export const invoiceDetailAnswer = z.object({
  data: withLinesJson.extend({
    category: z.object({ id: z.int(), name: z.string() }).nullable(),
    client: clientJson.optional().meta({ description: "Left out without clients:read." }),
    adjustments: z.array(adjustmentJson),
    artifacts: z.array(artifactJson),
    late_fees: z.array(invoiceLateFeeJson).meta({ description: "Waived ones too." }),
    payments: z
      .array(paymentJson)
      .optional()
      .meta({ description: "Left out without payments:read." }),
    deliveries: z.array(deliveryJson),
    reminders: z.array(invoiceReminderJson),
  }),
});

/** An invoice as the actions on it answer. */
export function answerInvoice(invoice: InvoiceRow, more: Record<string, unknown> = {}): Answer {
  return {
    status: 200,
    body: { data: { ...presentInvoice(invoice), ...more } },
    version: invoice,
  };
}

export const mailedInvoiceAnswer = z.object({
  data: invoiceJson.extend({ delivery: deliveryJson.nullable() }),
});

/** An invoice with how far its mail got, for who has just asked for it. */
export function answerMailedInvoice(mailed: {
  invoice: InvoiceRow;
  delivery: DeliveryRow | undefined;
}): Answer {
  const { invoice, delivery } = mailed;
  return answerInvoice(invoice, {
    delivery: delivery === undefined ? null : presentDelivery(delivery),
  });
}

/** An invoice with its lines, for who has just written it. */
export async function answerInvoiceWithLines(
  context: Pick<CompanyContext, "company" | "mayUse"> & { tx: Tx },
  invoice: InvoiceRow,
): Promise<Answer> {
  const { tx, company } = context;
  const where = { companyId: company.id, invoiceId: invoice.id };
  const tagsOf = await loadTags(tx, context, "invoice", [invoice.id]);
  const lines = await listInvoiceLines(tx, where);
  const taxes = await listInvoiceTaxes(tx, { ...where, invoiceIds: [invoice.id] });
  return answerInvoice(invoice, { ...presentLines(lines, taxes), ...tagsOf(invoice.id) });
}

function presentLines(lines: readonly InvoiceLineRow[], taxes: readonly InvoiceTaxRow[]) {
  return {
    tax_rate_ids: taxes.map((tax) => tax.taxRateId),
    taxes: presentTaxes(lines, taxes),
    line_items: lines.map(presentLine),
  };
}

/** An invoice with all that belongs to it. */
export async function answerInvoiceDetail(
  context: Pick<CompanyContext, "company" | "mayUse"> & { sql: Sql },
  invoice: InvoiceRow,
): Promise<Answer> {
  const { sql, company, mayUse } = context;
  const companyId = company.id;
  const where = { companyId, invoiceId: invoice.id };
  const { categoryId } = invoice;
  const [
    tagsOf,
    category,
    client,
    lines,
    taxes,
    adjustments,
    artifacts,
    lateFees,
    payments,
    deliveries,
    reminders,
  ] = await Promise.all([
    loadTags(sql, context, "invoice", [invoice.id]),
    categoryId === null ? null : getCategoryName(sql, { companyId, id: categoryId }),
    mayUse("clients:read")
      ? getInvoicedClient(sql, { companyId, clientId: invoice.clientId })
      : undefined,
    listInvoiceLines(sql, where),
    listInvoiceTaxes(sql, { companyId, invoiceIds: [invoice.id] }),
    listAdjustments(sql, where),
    listArtifacts(sql, where),
    listInvoiceLateFees(sql, where),
    mayUse("payments:read") ? listInvoicePayments(sql, where) : undefined,
    listInvoiceDeliveries(sql, where),
    listInvoiceReminders(sql, where),
  ]);
  return answerInvoice(invoice, {
    ...tagsOf(invoice.id),
    category,
    ...(client === undefined ? {} : { client: presentClient(client) }),
    ...presentLines(lines, taxes),
    adjustments: adjustments.map(presentAdjustment),
    artifacts: artifacts.map(presentArtifact),
    late_fees: lateFees.map(presentInvoiceLateFee),
    ...(payments === undefined ? {} : { payments: payments.map(presentPayment) }),
    deliveries: deliveries.map(presentDelivery),
    reminders: reminders.map(presentInvoiceReminder),
  });
}
