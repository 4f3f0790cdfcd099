import { z } from "zod";
import type { InvoiceStatus } from "../../../billing/statuses.ts";
import {
  invoiceSortFields,
  listInvoices,
  summarizeInvoices,
  type InvoiceSummaryRow,
} from "../../../db/invoice-lists.ts";
import { listAnswer, listJson, pageOf, pageQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { booleanQuery, filterQuery, idQuery, searchQuery, sortQuery } from "../../inputs.ts";
import { invoiceJson, invoiceStatuses, presentInvoice } from "./schema.ts";

const idsMax = 500;

const statusList = z.string().transform((text, context) => {
  const parsed = z.array(z.enum(invoiceStatuses)).safeParse(text.split(","));
  if (parsed.success) return parsed.data;
  const message = `Must be one of: ${invoiceStatuses.join(", ")}.`;
  context.issues.push({ code: "custom", message, input: text });
  return z.NEVER;
});

const idList = z
  .string()
  .regex(/^[1-9]\d{0,14}(,[1-9]\d{0,14})*$/, "Must be ids with commas between them.")
  .transform((text) => text.split(",").map(Number))
  .refine((ids) => ids.length <= idsMax, `Must not have more than ${idsMax} ids.`);

const money = { total: z.int(), amount_paid: z.int(), amount_due: z.int() };

/**
 * GET /invoices — sums are per currency; status counts are of all statuses, whatever status the list
 * is filtered by, so that a page can offer the others.
 */
export const getInvoicesRoute = defineRoute({
  method: "get",
  path: "/invoices",
  summary: "List invoices",
  description:
    "Newest first unless `sort` says otherwise. `filter[status]` takes several, with commas between them. " +
    "`meta.totals` has one entry for each currency of the invoices found; `meta.status_counts` leaves " +
    "the filter on status out of account.",
  tag: "Invoices",
  access: { scope: "invoices:read" },
  query: z.strictObject({
    ...pageQuery,
    sort: sortQuery(invoiceSortFields),
    filter: filterQuery({
      status: statusList.optional(),
      client_id: idQuery.optional(),
      invoice_number: searchQuery,
      ids: idList.optional(),
      is_archived: booleanQuery.optional(),
    }),
  }),
  answers: {
    200: listJson(invoiceJson, {
      totals: z.array(z.object({ currency: z.string(), count: z.int(), ...money })),
      status_counts: z.record(z.enum(invoiceStatuses), z.int()),
    }),
  },

  async run({ sql, company }, { query }) {
    const { status: statuses, ...filter } = query.filter ?? {};
    const anyStatus = {
      companyId: company.id,
      clientId: filter.client_id,
      numberPart: filter.invoice_number,
      ids: filter.ids,
      isArchived: filter.is_archived,
    };
    const page = pageOf(query);
    const [rows, summary] = await Promise.all([
      listInvoices(
        sql,
        { ...anyStatus, statuses },
        { sort: query.sort ?? { field: "id", isDescending: true }, ...page },
      ),
      summarizeInvoices(sql, anyStatus),
    ]);
    const found = summary.filter((row) => statuses === undefined || statuses.includes(row.status));
    return listAnswer(
      rows.map(presentInvoice),
      { ...page, total: found.reduce((sum, row) => sum + row.count, 0) },
      { totals: totalsByCurrency(found), status_counts: countsByStatus(summary) },
    );
  },
});

function totalsByCurrency(summary: readonly InvoiceSummaryRow[]) {
  const currencies = [...new Set(summary.map((row) => row.currency))];
  return currencies.map((currency) => {
    const rows = summary.filter((row) => row.currency === currency);
    return {
      currency,
      count: rows.reduce((sum, row) => sum + row.count, 0),
      total: rows.reduce((sum, row) => sum + row.total, 0n),
      amount_paid: rows.reduce((sum, row) => sum + row.amountPaid, 0n),
      amount_due: rows.reduce((sum, row) => sum + row.amountDue, 0n),
    };
  });
}

function countsByStatus(summary: readonly InvoiceSummaryRow[]) {
  const countOf = (status: InvoiceStatus) =>
    summary.filter((row) => row.status === status).reduce((sum, row) => sum + row.count, 0);
  return Object.fromEntries(invoiceStatuses.map((status) => [status, countOf(status)]));
}
