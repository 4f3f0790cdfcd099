import { z } from "zod";
import { percentOf } from "../../../billing/worked-time.ts";
import {
  clientHealths,
  listClientHealth,
  type ClientHealthRow,
} from "../../../db/report-health.ts";
import { dateJson } from "../../answers.ts";
import { minorJson, moneyJson } from "../../units.ts";
import { defineReport } from "./define-report.ts";
import {
  periodMetaJson,
  reportDayOf,
  reportPeriodOf,
  reportPeriodQuery,
  todayMetaJson,
} from "./period.ts";

/** GET /reports/client-health — how each client pays. */
export const getClientHealthRoute = defineReport({
  name: "client-health",
  summary: "Client health report",
  description:
    "How clients pay what was invoiced in the period, and what they owe now; a row for each currency, who owes most " +
    "first. `at_risk`: overdue for more than 60 days, or more than half of what was paid was paid late and " +
    "something is overdue. `watch`: something is overdue, or more than a quarter was paid late.",
  needsSubscription: true,
  isPaged: true,
  query: reportPeriodQuery,
  row: {
    client_id: z.int(),
    client_name: z.string(),
    currency: z.string(),
    health: z.enum(clientHealths),
    invoice_count: z.int().meta({ description: "Issued in the period." }),
    invoiced: moneyJson("Of these."),
    paid_count: z.int().meta({ description: "Of these, paid in full." }),
    paid_late: z.number().meta({ description: "Per cent of those paid: after the due date." }),
    days_to_pay: z.number().nullable().meta({ description: "From issue to payment, on average." }),
    last_issue_date: dateJson.nullable(),
    outstanding: moneyJson("All that is owed today."),
    overdue: minorJson,
    days_overdue: z.int().meta({ description: "Of the oldest invoice." }),
  },
  meta: {
    ...periodMetaJson,
    ...todayMetaJson,
    clients_by_health: z.record(z.enum(clientHealths), z.int()),
  },

  async read(context, query, page) {
    const { sql, company } = context;
    const { from, to } = reportPeriodOf(context, query);
    const today = reportDayOf(context);
    const { id: companyId, timezone, currency } = company;
    const filter = { companyId, from, to, today, timezone };
    const { rows, total, clients } = await listClientHealth(sql, filter, page);
    return {
      data: rows.map((row) => ({
        client_id: row.clientId,
        client_name: row.clientName,
        currency: row.currency,
        health: row.health,
        invoice_count: row.invoiceCount,
        invoiced: row.invoiced,
        paid_count: row.paidCount,
        paid_late: percentOf(BigInt(row.paidLateCount), BigInt(row.paidCount)),
        days_to_pay: daysToPay(row),
        last_issue_date: row.lastIssueDate,
        outstanding: row.outstanding,
        overdue: row.overdue,
        days_overdue: row.daysOverdue,
      })),
      total,
      meta: {
        period: { start: from, end: to },
        as_of: today,
        currency,
        clients_by_health: clients,
      },
    };
  },
});

/** With one decimal; null when nothing was paid. */
function daysToPay({ daysToPay: days, paidCount }: ClientHealthRow): number | null {
  return paidCount === 0 ? null : Math.round((Number(days) * 10) / paidCount) / 10;
}
