import { z } from "zod";
import { loadInvoiceList } from "../../../actions/load-invoice-list.ts";
import { invoiceStatuses, type InvoiceStatus } from "../../../billing/statuses.ts";
import { invoiceSortFields, type InvoiceSort } from "../../../db/invoice-lists.ts";
import type { InvoiceSummaryRow } from "../../../db/invoice-tallies.ts";
import { InvalidInput } from "../../../errors.ts";
import { listAnswer, listJson, pageOf, pageQuery, withMore } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { booleanQuery, filterQuery, idQuery, searchQuery, sortQuery } from "../../inputs.ts";
import { minorJson, presentMinor } from "../../units.ts";
import { listedInvoiceJson } from "./detail.ts";
import { presentInvoice } from "./schema.ts";
import { statusesQuery } from "./status-numbers.ts";

const idsMax = 500;

const idList = z
  .string()
  .regex(/^[1-9]\d{0,14}(,[1-9]\d{0,14})*$/, "Must be ids with commas between them.")
  .transform((text) => text.split(",").map(Number))
  .refine((ids) => ids.length <= idsMax, `Must not have more than ${idsMax} ids.`);

/** Also without `filter[…]` around them. */
const filters = {
  status: statusesQuery.optional(),
  client_id: idQuery.optional(),
  project_id: idQuery.optional(),
  category_id: idQuery.optional(),
  search: searchQuery,
};

const sortAliases = {
  bill_date: "issue_date",
  bill_due_date: "due_date",
  bill_final_amount: "total",
  bill_created: "created_at",
} as const;

const money = { total: minorJson, amount_paid: minorJson, amount_due: minorJson };

/**
 * GET /invoices — sums are per currency; status counts are of all statuses, whatever status the list
 * is filtered by, so that a page can offer the others.
 */
export const getInvoicesRoute = defineRoute({
  method: "get",
  path: "/invoices",
  summary: "List invoices",
  description:
    "Newest first unless `sort` says otherwise; `order` turns a `sort` without its sign. A status is a " +
    "word or a number (1 draft, 2 sent or viewed, 3 overdue, 4 partial, 5 paid, 20 cancelled), several " +
    "with commas between them. `search` looks for a part of the number or of the client's name. " +
    "`meta.totals` has one entry for each currency of the invoices found; `meta.status_counts` leaves " +
    "the filter on status out of account.",
  tag: "Invoices",
  access: { scope: "invoices:read" },
  query: z.strictObject({
    ...pageQuery,
    ...filters,
    sort: sortQuery(invoiceSortFields, sortAliases),
    order: z.enum(["asc", "desc"]).optional(),
    filter: filterQuery({
      ...filters,
      invoice_number: searchQuery,
      ids: idList.optional(),
      is_archived: booleanQuery.optional(),
    }),
  }),
  answers: {
    200: listJson(listedInvoiceJson, {
      totals: z.array(z.object({ currency: z.string(), count: z.int(), ...money })),
      status_counts: z.record(z.enum(invoiceStatuses), z.int()),
    }),
  },

  async run({ sql, company, mayUse }, { query }) {
    const { status: statuses, ...filter } = { ...query, ...query.filter };
    const page = pageOf(query);
    const wanted = {
      companyId: company.id,
      statuses,
      clientId: filter.client_id,
      projectId: filter.project_id,
      categoryId: filter.category_id,
      search: filter.search === "" ? undefined : filter.search,
      numberPart: filter.invoice_number === "" ? undefined : filter.invoice_number,
      ids: filter.ids,
      isArchived: filter.is_archived,
    };
    const { invoices, summary } = await loadInvoiceList(sql, wanted, {
      sort: sortOf(query),
      ...page,
    });
    const found = summary.filter((row) => statuses === undefined || statuses.includes(row.status));
    return listAnswer(
      invoices.map((invoice) =>
        withMore(presentInvoice(invoice), {
          tax_rate_ids: invoice.taxRateIds.map(Number),
          tags: mayUse("tags:read") ? invoice.tags : undefined,
        }),
      ),
      { ...page, total: found.reduce((sum, row) => sum + row.count, 0) },
      { totals: totalsByCurrency(found), status_counts: countsByStatus(summary) },
    );
  },
});

function sortOf({
  sort,
  order,
}: {
  sort?: InvoiceSort | undefined;
  order?: "asc" | "desc" | undefined;
}) {
  if (order === undefined) return sort ?? { field: "id" as const, isDescending: true };
  if (sort?.isDescending === true) {
    throw new InvalidInput({ order: ["The sign of sort says the order already."] });
  }
  return { field: sort?.field ?? ("id" as const), isDescending: order === "desc" };
}

function totalsByCurrency(summary: readonly InvoiceSummaryRow[]) {
  const currencies = [...new Set(summary.map((row) => row.currency))];
  return currencies.map((currency) => {
    const rows = summary.filter((row) => row.currency === currency);
    return {
      currency,
      count: rows.reduce((sum, row) => sum + row.count, 0),
      total: presentMinor(rows.reduce((sum, row) => sum + row.total, 0n)),
      amount_paid: presentMinor(rows.reduce((sum, row) => sum + row.amountPaid, 0n)),
      amount_due: presentMinor(rows.reduce((sum, row) => sum + row.amountDue, 0n)),
    };
  });
}

function countsByStatus(summary: readonly InvoiceSummaryRow[]) {
  const countOf = (status: InvoiceStatus) =>
    summary.filter((row) => row.status === status).reduce((sum, row) => sum + row.count, 0);
  return Object.fromEntries(invoiceStatuses.map((status) => [status, countOf(status)]));
}
