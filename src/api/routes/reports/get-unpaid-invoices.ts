import { z } from "zod";
import { listUnpaidInvoices, sumUnpaidInvoices } from "../../../db/report-owed.ts";
import { dateJson } from "../../answers.ts";
import { booleanQuery, idQuery } from "../../inputs.ts";
import { minorJson } from "../../units.ts";
import { presentByCurrency, sumsByCurrency } from "./by-currency.ts";
import { defineReport } from "./define-report.ts";
import { reportDayOf, todayMetaJson } from "./period.ts";

const sumsJson = z.object({ invoice_count: z.int(), outstanding: minorJson, overdue: minorJson });

/** GET /reports/unpaid-invoices — each invoice that is not paid in full. */
export const getUnpaidInvoicesRoute = defineReport({
  name: "unpaid-invoices",
  summary: "Unpaid invoices report",
  description:
    "Every invoice that was sent and is not paid in full, what is due longest first. `is_overdue` keeps those whose " +
    "due date has passed, or the others. The totals are of all pages.",
  needsSubscription: true,
  isPaged: true,
  query: { client_id: idQuery.optional(), is_overdue: booleanQuery.optional() },
  row: {
    invoice_id: z.int(),
    invoice_number: z.string(),
    client_id: z.int(),
    client_name: z.string(),
    status: z.string(),
    issue_date: dateJson,
    due_date: dateJson,
    days_overdue: z.int(),
    currency: z.string(),
    total: minorJson,
    amount_paid: minorJson,
    amount_due: minorJson,
    is_disputed: z.boolean(),
    reminders_sent: z.int(),
  },
  meta: { ...todayMetaJson, totals_by_currency: z.record(z.string(), sumsJson) },

  async read(context, query, page) {
    const { sql, company } = context;
    const filter = {
      companyId: company.id,
      today: reportDayOf(context),
      clientId: query.client_id,
      isOverdue: query.is_overdue,
    };
    const [rows, sums] = await Promise.all([
      listUnpaidInvoices(sql, filter, page),
      sumUnpaidInvoices(sql, filter),
    ]);
    const totals = sumsByCurrency(company.currency, sums, [
      "invoiceCount",
      "outstanding",
      "overdue",
    ]);
    return {
      data: rows.map((row) => ({
        invoice_id: row.id,
        invoice_number: row.invoiceNumber,
        client_id: row.clientId,
        client_name: row.clientName,
        status: row.status,
        issue_date: row.issueDate,
        due_date: row.dueDate,
        days_overdue: row.daysOverdue,
        currency: row.currency,
        total: row.total,
        amount_paid: row.amountPaid,
        amount_due: row.amountDue,
        is_disputed: row.isDisputed,
        reminders_sent: row.remindersSent,
      })),
      total: sums.reduce((sum, { invoiceCount }) => sum + invoiceCount, 0),
      meta: {
        as_of: filter.today,
        currency: company.currency,
        totals_by_currency: presentByCurrency(totals, ({ invoiceCount, outstanding, overdue }) => ({
          invoice_count: invoiceCount,
          outstanding,
          overdue,
        })),
      },
    };
  },
});
