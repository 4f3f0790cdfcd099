import { z } from "zod";
import { formatMonth, listMonths, monthOf, type Month } from "../../../billing/months.ts";
import { listExpensesByMonth } from "../../../db/expense-sums.ts";
import { listCollectedByMonth, listRevenueByMonth } from "../../../db/revenue.ts";
import { defineRoute } from "../../define-route.ts";
import { minorJson, moneyJson } from "../../units.ts";
import { byCurrencyJson, reportByCurrency } from "./by-currency.ts";
import { reportPeriodJson, reportPeriodOf, reportPeriodQuery } from "./period.ts";

const monthJson = z.object({
  month: z.string().meta({ example: "Jan 2026" }),
  month_key: z.string().meta({ example: "2026-01" }),
  invoiced: minorJson,
  collected: minorJson,
  expenses: minorJson,
  profit: moneyJson("Collected minus expenses."),
});

const profitLossJson = byCurrencyJson({
  revenue: z.object({ invoiced: minorJson, collected: minorJson, by_month: z.array(monthJson) }),
  summary: z.object({
    total_invoiced: minorJson,
    total_collected: minorJson,
    outstanding: moneyJson("What is still owed of what was invoiced in the period."),
    total_expenses: moneyJson("Without tax."),
    total_expense_tax: minorJson,
    net_profit: minorJson,
  }),
});

type Amounts = Record<
  "invoiced" | "outstanding" | "collected" | "expenses" | "expenseTax",
  bigint
> & { month: Month; currency: string };

/** GET /reports/profit-loss — what was invoiced, what came in and what was spent, month by month. */
export const getProfitLossRoute = defineRoute({
  method: "get",
  path: "/reports/profit-loss",
  summary: "Profit and loss report",
  description:
    "Invoiced by the day of issue, collected by the day of payment, expenses by their day; every month of " +
    "the period. In the company's currency; `by_currency` has every one.",
  tag: "Reports",
  access: { scope: "reports:read" },
  query: z.strictObject(reportPeriodQuery),
  answers: { 200: profitLossJson.extend({ period: reportPeriodJson }) },

  async run(context, { query }) {
    const { sql, company } = context;
    const { from, to } = reportPeriodOf(context, query);
    const period = { companyId: company.id, from, to };
    const [invoiced, collected, expenses] = await Promise.all([
      listRevenueByMonth(sql, period),
      listCollectedByMonth(sql, period),
      listExpensesByMonth(sql, period),
    ]);
    const nothing = { invoiced: 0n, outstanding: 0n, collected: 0n, expenses: 0n, expenseTax: 0n };
    const rows = [
      ...invoiced.map((row): Amounts => ({ ...nothing, ...row, month: monthOf(row.month) })),
      ...collected.map((row): Amounts => ({ ...nothing, ...row, month: monthOf(row.month) })),
      ...expenses.map(({ month, currency, amount, taxAmount }): Amounts => ({
        ...nothing,
        month: monthOf(month),
        currency,
        expenses: amount,
        expenseTax: taxAmount,
      })),
    ];
    const months = listMonths(from, to);
    const report = reportByCurrency(company.currency, rows, (currency) =>
      profitLossOf(
        months,
        rows.filter((row) => row.currency === currency),
      ),
    );
    return { status: 200, body: { period: { start: from, end: to }, ...report } };
  },
});

function profitLossOf(months: readonly Month[], rows: readonly Amounts[]) {
  const all = addUp(rows);
  const byMonth = months.map((month) => {
    const { invoiced, collected, expenses } = addUp(rows.filter((row) => row.month === month));
    const profit = collected - expenses;
    return { month: formatMonth(month), month_key: month, invoiced, collected, expenses, profit };
  });
  return {
    revenue: { invoiced: all.invoiced, collected: all.collected, by_month: byMonth },
    summary: {
      total_invoiced: all.invoiced,
      total_collected: all.collected,
      outstanding: all.outstanding,
      total_expenses: all.expenses,
      total_expense_tax: all.expenseTax,
      net_profit: all.collected - all.expenses,
    },
  };
}

function addUp(rows: readonly Amounts[]) {
  const sum = (key: "invoiced" | "outstanding" | "collected" | "expenses" | "expenseTax") =>
    rows.reduce((total, row) => total + row[key], 0n);
  return {
    invoiced: sum("invoiced"),
    outstanding: sum("outstanding"),
    collected: sum("collected"),
    expenses: sum("expenses"),
    expenseTax: sum("expenseTax"),
  };
}
