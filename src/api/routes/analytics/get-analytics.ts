import { z } from "zod";
import type { LocalDate } from "../../../billing/dates.ts";
import { calendarPeriods, listPeriods, type Days } from "../../../billing/periods.ts";
import { hoursOf, percentOf } from "../../../billing/worked-time.ts";
import {
  listInvoicedByPeriod,
  listPaidByPeriod,
  listRefundedByPeriod,
  listWorkedByPeriod,
  type MoneyInPeriodRow,
  type WorkedInPeriodRow,
} from "../../../db/analytics.ts";
import { InvalidInput } from "../../../errors.ts";
import { dateJson } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { moneyJson } from "../../units.ts";
import { currenciesOf } from "../reports/by-currency.ts";
import { reportPeriodJson, reportPeriodOf } from "../reports/period.ts";
import { readWorkFilter, recordsJson, workFilterQuery } from "../reports/work-filter.ts";

const PERIODS_MAX = 366;

const summaryJson = {
  total_hours: z.number(),
  billable_hours: z.number(),
  non_billable_hours: z.number(),
  utilization_rate: z.number().meta({ description: "Per cent of the hours that are billable." }),
  by_currency: z.record(
    z.string(),
    z.object({
      hours: z.number(),
      worked: moneyJson("The billable time, at the entries' own rates."),
      time_entries: recordsJson,
      invoiced: moneyJson("By the day of issue, with tax."),
      invoices: recordsJson,
      collected: moneyJson("By the day of payment, less what was given back by then."),
      payments: recordsJson,
      refunds: recordsJson,
    }),
  ),
};

/** GET /analytics — what was worked, invoiced and collected, period by period; docs/revenue-intelligence.md. */
export const getAnalyticsRoute = defineRoute({
  method: "get",
  path: "/analytics",
  summary: "Read analytics summaries",
  description:
    "Hours and money by period of the calendar and by currency, each with the ids of the records behind it. " +
    "Of a project, a client, and the days from `from` to `to`, both included: this year by default. An invoice " +
    "belongs to a project that it names or whose time or expenses it bills, and counts whole.",
  tag: "Reports",
  access: { scope: "reports:read" },
  query: z.strictObject({ ...workFilterQuery, period: z.enum(calendarPeriods).default("month") }),
  answers: {
    200: z.object({
      data: z.object({
        period: reportPeriodJson,
        by: z.enum(calendarPeriods),
        currency: z.string().meta({ description: "The company's." }),
        totals: z.object(summaryJson),
        periods: z.array(z.object({ start: dateJson, end: dateJson, ...summaryJson })),
      }),
    }),
  },

  async run(context, { query }) {
    const { sql, company } = context;
    const { period } = query;
    const { limit, ...asked } = await readWorkFilter(sql, company, query);
    const given = { start_date: asked.from, end_date: asked.to };
    const { from, to } = reportPeriodOf(context, given, { from: "from", to: "to" });
    const days = listPeriods(period, { start: from, end: to }, PERIODS_MAX);
    if (days.length > PERIODS_MAX) {
      throw new InvalidInput({ period: [`Must not give more than ${PERIODS_MAX} periods.`] });
    }
    const filter = { ...asked, from, to, period, limit };
    const [worked, invoiced, paid, refunded] = await Promise.all([
      listWorkedByPeriod(sql, filter),
      listInvoicedByPeriod(sql, filter),
      listPaidByPeriod(sql, filter),
      listRefundedByPeriod(sql, filter),
    ]);
    const all: Rows = { worked, invoiced, paid, refunded };
    const currencies = currenciesOf(company.currency, Object.values(all).flat());
    const summaryOf = (rows: Rows) => summarise(rows, { currencies, limit });
    return {
      status: 200,
      body: {
        data: {
          period: { start: from, end: to },
          by: period,
          currency: company.currency,
          totals: summaryOf(all),
          periods: days.map((each) => ({
            start: each.start < from ? from : each.start,
            end: each.end > to ? to : each.end,
            ...summaryOf(within(all, each)),
          })),
        },
      },
    };
  },
});

interface Rows {
  worked: readonly WorkedInPeriodRow[];
  invoiced: readonly MoneyInPeriodRow[];
  paid: readonly MoneyInPeriodRow[];
  refunded: readonly MoneyInPeriodRow[];
}

function within({ worked, invoiced, paid, refunded }: Rows, { start }: Days): Rows {
  const isWithin = (row: { start: LocalDate }) => row.start === start;
  return {
    worked: worked.filter(isWithin),
    invoiced: invoiced.filter(isWithin),
    paid: paid.filter(isWithin),
    refunded: refunded.filter(isWithin),
  };
}

function summarise(
  { worked, invoiced, paid, refunded }: Rows,
  { currencies, limit }: { currencies: readonly string[]; limit: number },
) {
  const total = sumOf(worked, (row) => row.duration);
  const billable = sumOf(worked, (row) => row.billable);
  return {
    total_hours: hoursOf(total),
    billable_hours: hoursOf(billable),
    non_billable_hours: hoursOf(total - billable),
    utilization_rate: percentOf(billable, total),
    by_currency: Object.fromEntries(
      currencies.map((currency) => {
        const isIn = (row: { currency: string }) => row.currency === currency;
        const time = worked.filter(isIn);
        const invoices = invoiced.filter(isIn);
        const payments = paid.filter(isIn);
        const refunds = refunded.filter(isIn);
        return [
          currency,
          {
            hours: hoursOf(sumOf(time, (row) => row.duration)),
            worked: sumOf(time, (row) => row.amount),
            time_entries: recordsOf(time, limit),
            invoiced: sumOf(invoices, (row) => row.amount),
            invoices: recordsOf(invoices, limit),
            collected: sumOf(payments, (row) => row.amount) - sumOf(refunds, (row) => row.amount),
            payments: recordsOf(payments, limit),
            refunds: recordsOf(refunds, limit),
          },
        ];
      }),
    ),
  };
}

function sumOf<Row>(rows: readonly Row[], amountOf: (row: Row) => bigint): bigint {
  return rows.reduce((sum, row) => sum + amountOf(row), 0n);
}

/** The lowest of the lowest. */
function recordsOf(rows: readonly { ids: bigint[]; count: number }[], limit: number) {
  const ids = rows.flatMap((row) => row.ids).toSorted((a, b) => Number(a - b));
  return { ids: ids.slice(0, limit), count: rows.reduce((sum, row) => sum + row.count, 0) };
}
