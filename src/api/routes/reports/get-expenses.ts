import { z } from "zod";
import { groupExpenses, type ExpenseGroupRow } from "../../../db/expense-sums.ts";
import { defineRoute } from "../../define-route.ts";
import { localDate, requireOrder } from "../../inputs.ts";
import { minorJson, moneyJson } from "../../units.ts";
import { byCurrencyJson, reportByCurrency } from "./by-currency.ts";

const sums = { total: minorJson, count: z.int() };

const expenseReportJson = byCurrencyJson({
  total: moneyJson("Without tax."),
  total_tax: minorJson,
  billable_total: minorJson,
  by_category: z.array(z.object({ category: z.string(), ...sums })),
  by_client: z.array(
    z.object({
      client: z.string(),
      client_id: z.int(),
      ...sums,
    }),
  ),
});

/** GET /reports/expenses — what was spent, on what, and for whom it can be billed on. */
export const getExpenseReportRoute = defineRoute({
  method: "get",
  path: "/reports/expenses",
  summary: "Expense report",
  description:
    "Expenses from the day `from` to the day `to`, both included; all of them without. Amounts are without " +
    "tax; `by_client` has the billable ones of a client. In the company's currency; `by_currency` has every one.",
  tag: "Reports",
  access: { scope: "reports:read" },
  query: z.strictObject({ from: localDate.optional(), to: localDate.optional() }),
  answers: { 200: z.object({ data: expenseReportJson }) },

  async run({ sql, company }, { query: { from, to } }) {
    requireOrder({ from, to });
    const rows = await groupExpenses(sql, { companyId: company.id, from, to });
    const data = reportByCurrency(company.currency, rows, (currency) =>
      expenseReportOf(rows.filter((row) => row.currency === currency)),
    );
    return { status: 200, body: { data } };
  },
});

function expenseReportOf(rows: readonly ExpenseGroupRow[]) {
  const billable = rows
    .filter((row) => row.billableCount > 0)
    .map((row) => ({ ...row, amount: row.billableAmount, count: row.billableCount }));
  return {
    total: sumOf(rows),
    total_tax: rows.reduce((sum, row) => sum + row.taxAmount, 0n),
    billable_total: sumOf(billable),
    by_category: largestFirst(rows, (row) => row.category).map(({ key, total, count }) => ({
      category: key,
      total,
      count,
    })),
    by_client: largestFirst(
      billable.filter((row) => row.clientId !== null),
      (row) => row.clientId,
    ).map(({ key, rows: of, ...sum }) => ({
      client: of[0]?.clientName,
      client_id: key,
      ...sum,
    })),
  };
}

function largestFirst<Key, Row extends { amount: bigint; count: number }>(
  rows: readonly Row[],
  keyOf: (row: Row) => Key,
) {
  const groups = new Map<Key, Row[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [row]);
    else group.push(row);
  }
  return [...groups]
    .map(([key, members]) => ({
      key,
      rows: members,
      total: sumOf(members),
      count: members.reduce((sum, row) => sum + row.count, 0),
    }))
    .toSorted((a, b) => Number(b.total - a.total));
}

function sumOf(rows: readonly { amount: bigint }[]): bigint {
  return rows.reduce((sum, row) => sum + row.amount, 0n);
}
