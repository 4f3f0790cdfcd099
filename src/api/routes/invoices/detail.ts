import { z } from "zod";
import type { Sql, Tx } from "../../../db/client.ts";
import { listInvoiceDeliveries } from "../../../db/deliveries.ts";
import { listInvoiceLateFees } from "../../../db/invoice-late-fees.ts";
import { listInvoiceLines } from "../../../db/invoice-lines.ts";
import { getInvoicedClient } from "../../../db/invoice-references.ts";
import { listInvoiceReminders } from "../../../db/invoice-reminders.ts";
import type { InvoiceRow } from "../../../db/invoices.ts";
import { listInvoicePayments } from "../../../db/payments.ts";
import type { Answer } from "../../answers.ts";
import { clientJson, presentClient } from "../clients/schema.ts";
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

export const invoiceAnswer = z.object({ data: invoiceJson });
export const invoiceWithLinesAnswer = z.object({
  data: invoiceJson.extend({ line_items: z.array(lineJson) }),
});
export const invoiceDetailAnswer = z.object({
  data: invoiceJson.extend({
    client: clientJson.optional().meta({ description: "Left out without clients:read." }),
    line_items: z.array(lineJson).meta({ description: "Late fees come last." }),
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

/** An invoice with its lines, for who has just written it. */
export async function answerInvoiceWithLines(
  tx: Tx,
  companyId: number,
  invoice: InvoiceRow,
): Promise<Answer> {
  const lines = await listInvoiceLines(tx, { companyId, invoiceId: invoice.id });
  return answerInvoice(invoice, { line_items: lines.map(presentLine) });
}

/** An invoice with all that belongs to it. */
export async function answerInvoiceDetail(
  sql: Sql,
  input: { companyId: number; invoice: InvoiceRow; showsClient: boolean; showsPayments: boolean },
): Promise<Answer> {
  const { companyId, invoice } = input;
  const where = { companyId, invoiceId: invoice.id };
  const [client, lines, lateFees, payments, deliveries, reminders] = await Promise.all([
    input.showsClient
      ? getInvoicedClient(sql, { companyId, clientId: invoice.clientId })
      : undefined,
    listInvoiceLines(sql, where),
    listInvoiceLateFees(sql, where),
    input.showsPayments ? listInvoicePayments(sql, where) : undefined,
    listInvoiceDeliveries(sql, where),
    listInvoiceReminders(sql, where),
  ]);
  return answerInvoice(invoice, {
    ...(client === undefined ? {} : { client: presentClient(client) }),
    line_items: lines.map(presentLine),
    late_fees: lateFees.map(presentInvoiceLateFee),
    ...(payments === undefined ? {} : { payments: payments.map(presentPayment) }),
    deliveries: deliveries.map(presentDelivery),
    reminders: reminders.map(presentInvoiceReminder),
  });
}
