import { z } from "zod";
import type { Sql, Tx } from "../../../db/client.ts";
import { getInvoicedClient } from "../../../db/invoice-references.ts";
import { listRecurringInvoiceLines } from "../../../db/recurring-invoice-lines.ts";
import { listInvoicesOfSeries, type RecurringInvoiceRow } from "../../../db/recurring-invoices.ts";
import type { Answer } from "../../answers.ts";
import { clientJson, presentClient } from "../clients/schema.ts";
import { invoiceJson, presentInvoice } from "../invoices/schema.ts";
import {
  presentRecurringInvoice,
  presentRecurringLine,
  recurringInvoiceJson,
  recurringLineJson,
} from "./schema.ts";

/** Newest invoices shown with a series; …/occurrences lists all of them. */
const invoicesMax = 100;

export const recurringInvoiceAnswer = z.object({ data: recurringInvoiceJson });
export const recurringInvoiceWithLinesAnswer = z.object({
  data: recurringInvoiceJson.extend({ line_items: z.array(recurringLineJson) }),
});
export const recurringInvoiceDetailAnswer = z.object({
  data: recurringInvoiceJson.extend({
    line_items: z.array(recurringLineJson),
    client: clientJson
      .nullable()
      .optional()
      .meta({ description: "Left out without clients:read." }),
    invoices: z
      .array(invoiceJson)
      .optional()
      .meta({
        description: `The newest ${invoicesMax}, newest first. Left out without invoices:read.`,
      }),
  }),
});

/** A series as the actions on it answer. */
export function answerRecurringInvoice(
  series: RecurringInvoiceRow,
  more: Record<string, unknown> = {},
): Answer {
  return {
    status: 200,
    body: { data: { ...presentRecurringInvoice(series), ...more } },
    version: series,
  };
}

/** A series with its lines, for who has just written it. */
export async function answerRecurringInvoiceWithLines(
  tx: Tx,
  series: RecurringInvoiceRow,
): Promise<Answer> {
  const { companyId, id } = series;
  const lines = await listRecurringInvoiceLines(tx, { companyId, seriesIds: [id] });
  return answerRecurringInvoice(series, { line_items: lines.map(presentRecurringLine) });
}

/** A series with all that belongs to it and that the caller may see. */
export async function answerRecurringInvoiceDetail(
  sql: Sql,
  input: { series: RecurringInvoiceRow; showsClient: boolean; showsInvoices: boolean },
): Promise<Answer> {
  const { companyId, id, clientId } = input.series;
  const [lines, client, invoices] = await Promise.all([
    listRecurringInvoiceLines(sql, { companyId, seriesIds: [id] }),
    input.showsClient && clientId !== null ? getInvoicedClient(sql, { companyId, clientId }) : null,
    input.showsInvoices
      ? listInvoicesOfSeries(sql, { companyId, seriesId: id, limit: invoicesMax })
      : undefined,
  ]);
  return answerRecurringInvoice(input.series, {
    line_items: lines.map(presentRecurringLine),
    ...(input.showsClient ? { client: client === null ? null : presentClient(client) } : {}),
    ...(invoices === undefined ? {} : { invoices: invoices.map(presentInvoice) }),
  });
}
