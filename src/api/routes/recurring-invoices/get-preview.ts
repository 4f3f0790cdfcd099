import { z } from "zod";
import { todayOf } from "../../../actions/acting.ts";
import { previewRecurringInvoice } from "../../../actions/preview-recurring-invoice.ts";
import { listRecurringInvoiceLines } from "../../../db/recurring-invoice-lines.ts";
import { getRecurringInvoice } from "../../../db/recurring-invoices.ts";
import { dateJson, wholeNumber } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { minorJson } from "../../units.ts";

const countDefault = 12;

const previewJson = z.object({
  date: dateJson,
  period_start: dateJson,
  period_end: dateJson,
  is_missed: z.boolean().meta({ description: "Its day has passed; see `catch_up`." }),
  issue_date: dateJson,
  due_date: dateJson,
  currency: z.string(),
  subtotal: minorJson,
  discount_total: minorJson,
  tax_total: minorJson,
  total: minorJson,
});

/** GET /recurring-invoices/:id/preview — the next dates, periods and amounts; takes no numbers. */
export const getPreviewRoute = defineRoute({
  method: "get",
  path: "/recurring-invoices/:id/preview",
  summary: "Preview a recurring invoice",
  description:
    "The next `count` occurrences (1 to 366, 12 when not given), fewer when the series ends before. Nothing " +
    "is written and no invoice number is taken. A paused or archived one is shown as if it went on today.",
  tag: "Recurring invoices",
  access: { scope: "recurring-invoices:read" },
  params: z.object({ id: idParam }),
  query: z.strictObject({ count: wholeNumber(1, 366).optional() }),
  answers: {
    200: z.object({
      data: z.array(previewJson),
      meta: z.object({ count: z.int(), total: minorJson }),
    }),
  },

  async run({ sql, company, now }, { params, query }) {
    const series = await getRecurringInvoice(sql, { companyId: company.id, id: params.id });
    const lines = await listRecurringInvoiceLines(sql, {
      companyId: company.id,
      seriesIds: [series.id],
    });
    const { occurrences, amounts } = previewRecurringInvoice(company, {
      series,
      lines,
      today: todayOf({ company, causerId: null, now }),
      count: query.count ?? countDefault,
    });
    const data = occurrences.map((occurrence) => ({
      date: occurrence.date,
      period_start: occurrence.periodStart,
      period_end: occurrence.periodEnd,
      is_missed: occurrence.isMissed,
      issue_date: occurrence.issueDate,
      due_date: occurrence.dueDate,
      currency: series.currency,
      subtotal: amounts.subtotal,
      discount_total: amounts.discountTotal,
      tax_total: amounts.taxTotal,
      total: amounts.total,
    }));
    const meta = { count: data.length, total: amounts.total * BigInt(data.length) };
    return { status: 200, body: { data, meta } };
  },
});
