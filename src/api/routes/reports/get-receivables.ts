import { z } from "zod";
import { listReceivables, type ClientReceivablesRow } from "../../../db/report-owed.ts";
import { dateJson } from "../../answers.ts";
import { minorJson, moneyJson } from "../../units.ts";
import { presentByCurrency, splitTold, sumsByCurrency } from "./by-currency.ts";
import { defineReport } from "./define-report.ts";
import { reportDayOf, todayMetaJson } from "./period.ts";

const owedJson = {
  invoice_count: z.int(),
  outstanding: moneyJson("All that is owed."),
  not_due: moneyJson("The part that is due today or later."),
  days_1_30: moneyJson("Due that many days ago."),
  days_31_60: minorJson,
  days_61_90: minorJson,
  days_90_plus: minorJson,
  overdue: moneyJson("The part whose due date has passed."),
  disputed: moneyJson("The part that clients dispute."),
};

const keys = [
  "invoiceCount",
  "outstanding",
  "notDue",
  "upTo30",
  "upTo60",
  "upTo90",
  "older",
  "overdue",
  "disputed",
] as const;

/** GET /reports/receivables — who owes what, by days past the due date. */
export const getReceivablesRoute = defineReport({
  name: "receivables",
  summary: "Receivables report",
  description:
    "What is owed today by client and currency, the most first, by days past the due date.",
  needsSubscription: true,
  isPaged: true,
  query: {},
  row: {
    client_id: z.int(),
    client_name: z.string(),
    currency: z.string(),
    ...owedJson,
    oldest_due_date: dateJson,
  },
  meta: { ...todayMetaJson, totals_by_currency: z.record(z.string(), z.object(owedJson)) },

  async read(context, _query, page) {
    const { sql, company } = context;
    const today = reportDayOf(context);
    const told = await listReceivables(sql, { companyId: company.id, today }, page);
    const { rows, totals, total } = splitTold(told);
    const sums = sumsByCurrency(company.currency, totals, keys);
    return {
      data: rows.map((row) => ({
        client_id: row.clientId,
        client_name: row.clientName,
        currency: row.currency,
        ...presentOwed(row),
        oldest_due_date: row.oldestDueDate,
      })),
      total,
      meta: {
        as_of: today,
        currency: company.currency,
        totals_by_currency: presentByCurrency(sums, presentOwed),
      },
    };
  },
});

function presentOwed(sums: Pick<ClientReceivablesRow, (typeof keys)[number]>) {
  return {
    invoice_count: Number(sums.invoiceCount),
    outstanding: sums.outstanding,
    not_due: sums.notDue,
    days_1_30: sums.upTo30,
    days_31_60: sums.upTo60,
    days_61_90: sums.upTo90,
    days_90_plus: sums.older,
    overdue: sums.overdue,
    disputed: sums.disputed,
  };
}
