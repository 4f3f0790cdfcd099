import { z } from "zod";
import { addDays } from "../../../billing/dates.ts";
import { listPipeline, pipelineStages } from "../../../db/report-work.ts";
import { dateJson } from "../../answers.ts";
import { minorJson } from "../../units.ts";
import { amountsByCurrency, currenciesOf } from "./by-currency.ts";
import { defineReport } from "./define-report.ts";
import { reportDayOf, todayMetaJson } from "./period.ts";

const SCHEDULED_DAYS = 30;

/** GET /reports/billing-pipeline — what is on its way to being money, by stage. */
export const getBillingPipelineRoute = defineReport({
  name: "billing-pipeline",
  summary: "Billing pipeline report",
  description:
    "What stands today at each stage, in each currency: `quoted` (sent and not expired), `accepted` (on no invoice), " +
    "`unbilled` (time and expenses), `scheduled` (one invoice of each active series that is due within 30 days), " +
    "`draft`, `sent` (owed and not overdue), `overdue`.",
  needsSubscription: true,
  query: {},
  row: {
    stage: z.enum(pipelineStages),
    currency: z.string(),
    count: z.int(),
    amount: minorJson,
  },
  meta: {
    ...todayMetaJson,
    scheduled_until: dateJson,
    totals_by_currency: z.record(z.string(), minorJson),
  },

  async read(context) {
    const { sql, company } = context;
    const { id: companyId, currency } = company;
    const today = reportDayOf(context);
    const until = addDays(today, SCHEDULED_DAYS);
    const rows = await listPipeline(sql, { companyId, currency, today, until });
    const currencies = currenciesOf(currency, rows);
    const known = new Map(rows.map((row) => [`${row.stage} ${row.currency}`, row]));
    return {
      data: currencies.flatMap((code) =>
        pipelineStages.map((stage) => {
          const { count = 0, amount = 0n } = known.get(`${stage} ${code}`) ?? {};
          return { stage, currency: code, count, amount };
        }),
      ),
      meta: {
        as_of: today,
        scheduled_until: until,
        currency,
        totals_by_currency: amountsByCurrency(currencies, rows, (row) => row.amount),
      },
    };
  },
});
