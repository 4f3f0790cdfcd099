import { z } from "zod";
import { percentOf } from "../../../billing/worked-time.ts";
import { listClientTime } from "../../../db/report-time.ts";
import { minorJson, moneyJson } from "../../units.ts";
import { presentByCurrency, splitTold, sumsByCurrency } from "./by-currency.ts";
import { defineReport } from "./define-report.ts";
import { periodMetaJson } from "./period.ts";
import { presentTime, timeFilterOf, timeJson, timeKeys, timeReportQuery } from "./time.ts";

const worthJson = {
  ...timeJson,
  unbilled_seconds: z.int().meta({ description: "Billable, and on no invoice." }),
  coverage: z.number().meta({ description: "Per cent of the billable seconds that are billed." }),
  amount: moneyJson("Of the billable time, each entry rounded by itself."),
  billed_amount: minorJson,
  unbilled_amount: minorJson,
};

/** GET /reports/billing-coverage — how much of the billable time has been billed. */
export const getBillingCoverageRoute = defineReport({
  name: "billing-coverage",
  summary: "Billing coverage report",
  description:
    "How much of the billable time of the period has been billed, by client and currency, most billable time first.",
  needsSubscription: true,
  isPaged: true,
  query: timeReportQuery,
  row: {
    client_id: z.int().nullable(),
    client_name: z.string().nullable(),
    currency: z.string(),
    ...worthJson,
  },
  meta: { ...periodMetaJson, totals_by_currency: z.record(z.string(), z.object(worthJson)) },

  async read(context, query, page) {
    const filter = timeFilterOf(context, query);
    const { from, to, currency } = filter;
    const { rows, totals, total } = splitTold(await listClientTime(context.sql, filter, page));
    const sums = sumsByCurrency(currency, totals, [...timeKeys, "amount", "billedAmount"]);
    return {
      data: rows.map((row) => ({
        client_id: row.clientId,
        client_name: row.clientName,
        currency: row.currency,
        ...presentWorth(row),
      })),
      total,
      meta: {
        period: { start: from, end: to },
        currency,
        totals_by_currency: presentByCurrency(sums, presentWorth),
      },
    };
  },
});

function presentWorth(sums: Record<(typeof timeKeys)[number] | "amount" | "billedAmount", bigint>) {
  return {
    ...presentTime(sums),
    unbilled_seconds: sums.billable - sums.billed,
    coverage: percentOf(sums.billed, sums.billable),
    amount: sums.amount,
    billed_amount: sums.billedAmount,
    unbilled_amount: sums.amount - sums.billedAmount,
  };
}
