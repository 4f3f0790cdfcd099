import { z } from "zod";
import { listMonths, monthOf } from "../../../billing/months.ts";
import { percentOf } from "../../../billing/worked-time.ts";
import { listCollectedByMonth, listRevenueByMonth } from "../../../db/revenue.ts";
import { moneyJson } from "../../units.ts";
import { currenciesOf, sumsOf } from "./by-currency.ts";
import { defineReport } from "./define-report.ts";
import { periodMetaJson, reportPeriodOf, reportPeriodQuery } from "./period.ts";

const comparedJson = {
  billed: moneyJson("Invoiced, by the day of issue."),
  collected: moneyJson("Came in, by the day of payment, less refunds."),
  difference: moneyJson("Billed less collected."),
  collection_rate: z.number().meta({ description: "Collected in per cent of billed." }),
};

/** GET /reports/billed-vs-collected — what was invoiced and what came in, month by month. */
export const getBilledVsCollectedRoute = defineReport({
  name: "billed-vs-collected",
  summary: "Billed and collected report",
  description:
    "What was invoiced and what came in, for every month of the period and each currency. What comes in in a month " +
    "need not be for what was billed in it.",
  needsSubscription: true,
  query: reportPeriodQuery,
  row: { month: z.string().meta({ example: "2026-01" }), currency: z.string(), ...comparedJson },
  meta: { ...periodMetaJson, totals_by_currency: z.record(z.string(), z.object(comparedJson)) },

  async read(context, query) {
    const { sql, company } = context;
    const { from, to } = reportPeriodOf(context, query);
    const period = { companyId: company.id, from, to };
    const [billed, collected] = await Promise.all([
      listRevenueByMonth(sql, period),
      listCollectedByMonth(sql, period),
    ]);
    const rows = [
      ...billed.map(({ month, currency, invoiced }) => ({
        month: monthOf(month),
        currency,
        billed: invoiced,
        collected: 0n,
      })),
      ...collected.map((row) => ({ ...row, month: monthOf(row.month), billed: 0n })),
    ];
    const currencies = currenciesOf(company.currency, rows);
    const compared = (currency: string, month?: string) =>
      compare(
        rows.filter(
          (row) => row.currency === currency && (month === undefined || row.month === month),
        ),
      );
    return {
      data: currencies.flatMap((currency) =>
        listMonths(from, to).map((month) => ({ month, currency, ...compared(currency, month) })),
      ),
      meta: {
        period: { start: from, end: to },
        currency: company.currency,
        totals_by_currency: Object.fromEntries(
          currencies.map((currency) => [currency, compared(currency)]),
        ),
      },
    };
  },
});

function compare(rows: readonly { billed: bigint; collected: bigint }[]) {
  const { billed, collected } = sumsOf(rows, ["billed", "collected"]);
  return {
    billed,
    collected,
    difference: billed - collected,
    collection_rate: percentOf(collected, billed),
  };
}
