import { z } from "zod";
import {
  expenseCategories,
  expenseSortFields,
  listExpenses,
  sumExpenses,
  type ExpenseSumRow,
} from "../../../db/expenses.ts";
import { listAnswer, listJson, pageOf, pageQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import {
  booleanQuery,
  currency,
  filterQuery,
  idQuery,
  localDate,
  placesOf,
  requireOrder,
  searchQuery,
  sortQuery,
} from "../../inputs.ts";
import { expenseJson, presentExpense } from "./schema.ts";

const filters = {
  category: z.enum(expenseCategories).optional(),
  user_id: idQuery.optional(),
  client_id: idQuery.optional(),
  project_id: idQuery.optional(),
  invoice_id: idQuery.optional(),
  is_billable: booleanQuery.optional(),
  is_billed: booleanQuery.optional(),
  is_archived: booleanQuery.optional(),
  from: localDate.optional(),
  to: localDate.optional(),
  currency: currency.optional(),
  search: searchQuery,
};

const byCurrency = z.record(z.string(), z.int()).meta({ description: "Minor units, by currency." });

/** GET /expenses — with what the active ones among those that match come to. */
export const getExpensesRoute = defineRoute({
  method: "get",
  path: "/expenses",
  summary: "List expenses",
  description:
    "The latest day first unless `sort` says otherwise. Filter by category, user_id, client_id, " +
    "project_id, invoice_id, is_billable, is_billed, is_archived, currency, the days `from` and `to` (both " +
    "included) and part of vendor, description or reference, as `filter[…]` or plain. The meta sums up " +
    "the active expenses that match, and counts active and archived ones, whatever is_archived says.",
  tag: "Expenses",
  access: { scope: "expenses:read" },
  query: z.strictObject({
    ...pageQuery,
    ...filters,
    filter: filterQuery(filters),
    sort: sortQuery(expenseSortFields),
  }),
  answers: {
    200: listJson(expenseJson, {
      active_count: z.int(),
      archived_count: z.int(),
      total_by_currency: byCurrency,
      tax_by_currency: byCurrency,
      billable_by_currency: byCurrency,
      unbilled_by_currency: byCurrency,
    }),
  },

  async run({ sql, company }, { query }) {
    const page = pageOf(query);
    const given = { ...query, ...query.filter };
    requireOrder(given, placesOf(query));
    const filter = {
      companyId: company.id,
      category: given.category,
      userId: given.user_id,
      clientId: given.client_id,
      projectId: given.project_id,
      invoiceId: given.invoice_id,
      isBillable: given.is_billable,
      isBilled: given.is_billed,
      from: given.from,
      to: given.to,
      currency: given.currency,
      search: given.search,
    };
    const { is_archived: isArchived } = given;
    const sort = query.sort ?? { field: "expense_date", isDescending: true };
    const [expenses, sums] = await Promise.all([
      listExpenses(sql, { ...filter, isArchived }, { ...page, sort }),
      sumExpenses(sql, filter),
    ]);
    const active = sums.filter((sum) => !sum.isArchived);
    const activeCount = countOf(active);
    const archivedCount = countOf(sums) - activeCount;
    const counts = { true: archivedCount, false: activeCount };
    const total = isArchived === undefined ? countOf(sums) : counts[`${isArchived}`];
    return listAnswer(
      expenses.map(presentExpense),
      { ...page, total },
      {
        active_count: activeCount,
        archived_count: archivedCount,
        total_by_currency: amounts(active, "amount"),
        tax_by_currency: amounts(active, "taxAmount"),
        billable_by_currency: amounts(active, "billableAmount"),
        unbilled_by_currency: amounts(active, "unbilledAmount"),
      },
    );
  },
});

function countOf(sums: readonly ExpenseSumRow[]): number {
  return sums.reduce((count, sum) => count + sum.count, 0);
}

function amounts(
  sums: readonly ExpenseSumRow[],
  key: "amount" | "taxAmount" | "billableAmount" | "unbilledAmount",
): Record<string, bigint> {
  return Object.fromEntries(sums.map((sum) => [sum.currency, sum[key]]));
}
