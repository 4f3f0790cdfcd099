import { z } from "zod";
import { percentOf } from "../../../billing/worked-time.ts";
import { listIncome } from "../../../db/report-money.ts";
import { minorJson, moneyJson } from "../../units.ts";
import { presentByCurrency, splitTold, sumsByCurrency } from "./by-currency.ts";
import { defineReport } from "./define-report.ts";
import { periodMetaJson, reportPeriodOf, reportPeriodQuery } from "./period.ts";

/** GET /reports/income — the money that came in, by client. */
export const getIncomeRoute = defineReport({
  name: "income",
  summary: "Income report",
  description:
    "Money that came in by the day of payment, less what was given back by the day of the refund, by client and " +
    "currency, the most first. Credits that are used are no money.",
  isPaged: true,
  query: reportPeriodQuery,
  row: {
    client_id: z.int(),
    client_name: z.string(),
    currency: z.string(),
    payment_count: z.int(),
    received: minorJson,
    refunded: minorJson,
    income: moneyJson("Received less refunded."),
    share: z.number().meta({ description: "Per cent of the income in its currency." }),
  },
  meta: {
    ...periodMetaJson,
    totals_by_currency: z.record(
      z.string(),
      z.object({
        payment_count: z.int(),
        received: minorJson,
        refunded: minorJson,
        income: minorJson,
      }),
    ),
  },

  async read(context, query, page) {
    const { sql, company } = context;
    const { from, to } = reportPeriodOf(context, query);
    const told = await listIncome(sql, { companyId: company.id, from, to }, page);
    const { rows, totals, total } = splitTold(told);
    const sums = sumsByCurrency(company.currency, totals, [
      "paymentCount",
      "received",
      "refunded",
      "income",
    ]);
    return {
      data: rows.map((row) => ({
        client_id: row.clientId,
        client_name: row.clientName,
        currency: row.currency,
        payment_count: row.paymentCount,
        received: row.received,
        refunded: row.refunded,
        income: row.income,
        share: percentOf(row.income, sums[row.currency]!.income),
      })),
      total,
      meta: {
        period: { start: from, end: to },
        currency: company.currency,
        totals_by_currency: presentByCurrency(sums, ({ paymentCount, ...rest }) => ({
          payment_count: paymentCount,
          ...rest,
        })),
      },
    };
  },
});
