import { z } from "zod";
import { hoursText } from "../../../billing/worked-time.ts";
import { listUnbilledByProject, type UnbilledProjectRow } from "../../../db/report-work.ts";
import { dateJson } from "../../answers.ts";
import { minorJson, moneyJson } from "../../units.ts";
import { presentByCurrency, splitTold, sumsByCurrency } from "./by-currency.ts";
import { defineReport } from "./define-report.ts";
import { reportDayOf, todayMetaJson } from "./period.ts";

const workJson = {
  entry_count: z.int(),
  seconds: z.int(),
  hours: z.string().meta({ description: "Decimal text with four decimals.", example: "1.6064" }),
  time_amount: moneyJson("Each entry rounded by itself."),
  expense_count: z.int(),
  expense_amount: moneyJson("Without tax."),
  total: minorJson,
};

const keys = ["entryCount", "seconds", "timeAmount", "expenseCount", "expenseAmount"] as const;

/** GET /reports/unbilled-wip — work in progress: what was done and not billed yet. */
export const getUnbilledWipRoute = defineReport({
  name: "unbilled-wip",
  summary: "Unbilled work report",
  description:
    "Billable time and expenses that are on no invoice, by client, project and currency, the most first. Running " +
    "timers count once they are stopped; archived expenses cannot be billed, and are left out.",
  needsSubscription: true,
  isPaged: true,
  query: {},
  row: {
    client_id: z.int().nullable(),
    client_name: z.string().nullable(),
    project_id: z.int().nullable(),
    project_name: z.string().nullable(),
    currency: z.string(),
    ...workJson,
    oldest_date: dateJson,
  },
  meta: { ...todayMetaJson, totals_by_currency: z.record(z.string(), z.object(workJson)) },

  async read(context, _query, page) {
    const { sql, company } = context;
    const { id: companyId, currency } = company;
    const told = await listUnbilledByProject(sql, { companyId, currency }, page);
    const { rows, totals, total } = splitTold(told);
    const sums = sumsByCurrency(currency, totals, keys);
    return {
      data: rows.map((row) => ({
        client_id: row.clientId,
        client_name: row.clientName,
        project_id: row.projectId,
        project_name: row.projectName,
        currency: row.currency,
        ...presentWork(row),
        oldest_date: row.oldestDate,
      })),
      total,
      meta: {
        as_of: reportDayOf(context),
        currency,
        totals_by_currency: presentByCurrency(sums, presentWork),
      },
    };
  },
});

function presentWork(work: Pick<UnbilledProjectRow, (typeof keys)[number]>) {
  return {
    entry_count: work.entryCount,
    seconds: work.seconds,
    hours: hoursText(work.seconds),
    time_amount: work.timeAmount,
    expense_count: work.expenseCount,
    expense_amount: work.expenseAmount,
    total: work.timeAmount + work.expenseAmount,
  };
}
