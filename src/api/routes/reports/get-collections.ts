import { z } from "zod";
import { listCollections } from "../../../db/report-owed.ts";
import { dateJson, instantJson, presentInstant } from "../../answers.ts";
import { minorJson, moneyJson } from "../../units.ts";
import { presentByCurrency, splitTold, sumsByCurrency } from "./by-currency.ts";
import { defineReport } from "./define-report.ts";
import { reportDayOf, todayMetaJson } from "./period.ts";

/** GET /reports/collections — whom to ask for money, and what was asked already. */
export const getCollectionsRoute = defineReport({
  name: "collections",
  summary: "Collections report",
  description:
    "Clients with overdue invoices, the longest overdue first, with what they were reminded of so far.",
  needsSubscription: true,
  isPaged: true,
  query: {},
  row: {
    client_id: z.int(),
    client_name: z.string(),
    client_email: z.string().nullable(),
    currency: z.string(),
    invoice_count: z.int(),
    overdue: minorJson,
    disputed: moneyJson("The part of it that the client disputes."),
    oldest_due_date: dateJson,
    days_overdue: z.int().meta({ description: "Of the oldest invoice." }),
    reminders_sent: z.int(),
    last_reminder_at: instantJson.nullable(),
  },
  meta: {
    ...todayMetaJson,
    totals_by_currency: z.record(
      z.string(),
      z.object({ invoice_count: z.int(), overdue: minorJson, disputed: minorJson }),
    ),
  },

  async read(context, _query, page) {
    const { sql, company } = context;
    const today = reportDayOf(context);
    const told = await listCollections(sql, { companyId: company.id, today }, page);
    const { rows, totals, total } = splitTold(told);
    const sums = sumsByCurrency(company.currency, totals, ["invoiceCount", "overdue", "disputed"]);
    return {
      data: rows.map((row) => ({
        client_id: row.clientId,
        client_name: row.clientName,
        client_email: row.clientEmail,
        currency: row.currency,
        invoice_count: row.invoiceCount,
        overdue: row.overdue,
        disputed: row.disputed,
        oldest_due_date: row.oldestDueDate,
        days_overdue: row.daysOverdue,
        reminders_sent: row.remindersSent,
        last_reminder_at: presentInstant(row.lastReminderAt),
      })),
      total,
      meta: {
        as_of: today,
        currency: company.currency,
        totals_by_currency: presentByCurrency(sums, ({ invoiceCount, overdue, disputed }) => ({
          invoice_count: invoiceCount,
          overdue,
          disputed,
        })),
      },
    };
  },
});
