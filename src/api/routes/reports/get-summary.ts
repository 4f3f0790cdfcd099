import { z } from "zod";
import { sumReceivables } from "../../../db/receivables.ts";
import { listTaxLiability } from "../../../db/report-money.ts";
import { sumTime } from "../../../db/report-time.ts";
import { listUnbilledByProject } from "../../../db/report-work.ts";
import { listCollectedByMonth } from "../../../db/revenue.ts";
import { minorJson, moneyJson } from "../../units.ts";
import { currenciesOf, sumsByCurrency } from "./by-currency.ts";
import { defineReport } from "./define-report.ts";
import {
  periodMetaJson,
  reportDayOf,
  reportPeriodOf,
  reportPeriodQuery,
  todayMetaJson,
} from "./period.ts";
import { presentTime, timeJson } from "./time.ts";

/** GET /reports/summary — the figures of all the others, in one place. */
export const getReportSummaryRoute = defineReport({
  name: "summary",
  summary: "Summary report",
  description:
    "The period's figures in each currency, and what is owed and unbilled today; `time` is that of the period.",
  query: reportPeriodQuery,
  row: {
    currency: z.string(),
    invoiced: moneyJson("In the period, tax included."),
    tax: moneyJson("On that."),
    collected: moneyJson("In the period, less refunds."),
    expenses: moneyJson("In the period, without tax."),
    expense_tax: minorJson,
    outstanding: moneyJson("Owed today."),
    overdue: moneyJson("The part of it whose due date has passed."),
    unbilled_time: moneyJson("What time on no invoice is worth today."),
    unbilled_expenses: minorJson,
  },
  meta: { ...periodMetaJson, ...todayMetaJson, time: z.object(timeJson) },

  async read(context, query) {
    const { sql, company } = context;
    const { id: companyId, currency } = company;
    const { from, to } = reportPeriodOf(context, query);
    const today = reportDayOf(context);
    const [billed, collected, owed, unbilled, time] = await Promise.all([
      listTaxLiability(sql, { companyId, from, to }),
      listCollectedByMonth(sql, { companyId, from, to }),
      sumReceivables(sql, { companyId, today }),
      listUnbilledByProject(sql, { companyId, currency }, { limit: 0, offset: 0 }),
      sumTime(sql, { companyId, from, to }),
    ]);
    const inPeriod = sumsByCurrency(currency, billed, [
      "invoiced",
      "tax",
      "expenses",
      "expenseTax",
    ]);
    const came = sumsByCurrency(currency, collected, ["collected"]);
    const owing = sumsByCurrency(currency, owed, ["outstanding", "overdue"]);
    const worth = sumsByCurrency(currency, unbilled, ["timeAmount", "expenseAmount"]);
    const currencies = currenciesOf(currency, [...billed, ...collected, ...owed, ...unbilled]);
    return {
      data: currencies.map((code) => ({
        currency: code,
        invoiced: inPeriod[code]?.invoiced ?? 0n,
        tax: inPeriod[code]?.tax ?? 0n,
        collected: came[code]?.collected ?? 0n,
        expenses: inPeriod[code]?.expenses ?? 0n,
        expense_tax: inPeriod[code]?.expenseTax ?? 0n,
        outstanding: owing[code]?.outstanding ?? 0n,
        overdue: owing[code]?.overdue ?? 0n,
        unbilled_time: worth[code]?.timeAmount ?? 0n,
        unbilled_expenses: worth[code]?.expenseAmount ?? 0n,
      })),
      meta: {
        period: { start: from, end: to },
        as_of: today,
        currency,
        time: presentTime(time),
      },
    };
  },
});
