import { z } from "zod";
import type { Sql, Tx } from "../../../db/client.ts";
import { listInvoiceDeliveries, type DeliveryRow } from "../../../db/deliveries.ts";
import { listAdjustments } from "../../../db/invoice-adjustments.ts";
import { listArtifacts } from "../../../db/invoice-artifacts.ts";
import { listInvoiceLateFees } from "../../../db/invoice-late-fees.ts";
import { listInvoiceLines, type InvoiceLineRow } from "../../../db/invoice-lines.ts";
import { selectInvoiceReferences } from "../../../db/invoice-references.ts";
import { listInvoiceReminders } from "../../../db/invoice-reminders.ts";
import { listInvoiceTaxes, type InvoiceTaxRow } from "../../../db/invoice-taxes.ts";
import { selectInvoice, type InvoiceRow } from "../../../db/invoices.ts";
import { listInvoicePayments } from "../../../db/payments.ts";
import { listRecordTags } from "../../../db/record-tags.ts";
import { defineTogether } from "../../../db/together.ts";
import { NotFound } from "../../../errors.ts";
import { withMore, type Answer } from "../../answers.ts";
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
    body: { data: withMore(presentInvoice(invoice), more) },
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

/** An invoice with its lines, for who has just written it; what is known of it is not read again. */
export async function answerInvoiceWithLines(
  context: Pick<CompanyContext, "company" | "mayUse"> & { tx: Tx },
  invoice: InvoiceRow,
  known: {
    /** In the order in which they were given; none of them a late fee. */
    lines?: readonly InvoiceLineRow[];
    isUntagged?: boolean;
  } = {},
): Promise<Answer> {
  const { tx, company } = context;
  const where = { companyId: company.id, invoiceId: invoice.id };
  // One after the other on the transaction's connection, without waiting in between.
  const [tagsOf, lines, taxes] = await Promise.all([
    loadTags(tx, context, "invoice", known.isUntagged ? [] : [invoice.id]),
    known.lines?.toSorted((one, other) => one.sortOrder - other.sortOrder) ??
      listInvoiceLines(tx, where),
    invoice.taxType === "inline"
      ? []
      : listInvoiceTaxes(tx, { ...where, invoiceIds: [invoice.id] }),
  ]);
  return answerInvoice(invoice, withMore(presentLines(lines, taxes), tagsOf(invoice.id)));
}

function presentLines(lines: readonly InvoiceLineRow[], taxes: readonly InvoiceTaxRow[]) {
  return {
    tax_rate_ids: taxes.map((tax) => tax.taxRateId),
    taxes: presentTaxes(lines, taxes),
    line_items: lines.map(presentLine),
  };
}

const readInvoice = defineTogether((sql, where: { companyId: number; invoiceId: number }) => {
  const { companyId, invoiceId } = where;
  return {
    invoices: selectInvoice(sql, { companyId, id: invoiceId }),
    references: selectInvoiceReferences(sql, where),
    lines: listInvoiceLines(sql, where),
    taxes: listInvoiceTaxes(sql, { companyId, invoiceIds: [invoiceId] }),
    tags: listRecordTags(sql, { kind: "invoice", companyId, ids: [invoiceId] }),
    adjustments: listAdjustments(sql, where),
    artifacts: listArtifacts(sql, where),
    lateFees: listInvoiceLateFees(sql, where),
    payments: listInvoicePayments(sql, where),
    deliveries: listInvoiceDeliveries(sql, where),
    reminders: listInvoiceReminders(sql, where),
  };
});

/** An invoice with all that belongs to it. Throws NotFound for one of another company. */
export async function answerInvoiceDetail(
  { sql, company, mayUse }: Pick<CompanyContext, "company" | "mayUse"> & { sql: Sql },
  invoiceId: number,
): Promise<Answer> {
  const found = await readInvoice(sql, { companyId: company.id, invoiceId });
  const [invoice] = found.invoices;
  if (invoice === undefined) throw new NotFound("Invoice");
  const references = found.references[0]!;
  const more = {
    category:
      invoice.categoryId === null
        ? null
        : { id: invoice.categoryId, name: references.categoryName },
    adjustments: found.adjustments.map(presentAdjustment),
    artifacts: found.artifacts.map(presentArtifact),
    late_fees: found.lateFees.map(presentInvoiceLateFee),
    deliveries: found.deliveries.map(presentDelivery),
    reminders: found.reminders.map(presentInvoiceReminder),
  };
  if (mayUse("tags:read")) withMore(more, { tags: found.tags.map(({ name }) => name) });
  if (mayUse("clients:read")) withMore(more, { client: presentClient(references) });
  if (mayUse("payments:read")) {
    withMore(more, { payments: found.payments.map(presentPayment) });
  }
  return answerInvoice(invoice, withMore(more, presentLines(found.lines, found.taxes)));
}
