import { createRecurringInvoice } from "../../../actions/create-recurring-invoice.ts";
import { defineRoute } from "../../define-route.ts";
import { answerRecurringInvoiceWithLines, recurringInvoiceWithLinesAnswer } from "./detail.ts";
import { createRecurringInvoiceBody, toSeriesFields } from "./recurring-invoice-inputs.ts";

/** POST /recurring-invoices — an active series whose first invoice is due on its start date. */
export const postRecurringInvoiceRoute = defineRoute({
  method: "post",
  path: "/recurring-invoices",
  summary: "Create a recurring invoice",
  description:
    "The nights make the invoices. Occurrences are counted from `start_date`, or from `next_generate_date` " +
    "when it is given: monthly from the 31st is due on each month's last day. A start so far back that more " +
    "invoices than the company's catch-up limit would be made up at once is refused, unless `catch_up` says " +
    "what is meant. Kept tax rates, tax on the whole, discounts of " +
    "lines, project, category and tags are for invoices only (422).",
  tag: "Recurring invoices",
  access: { scope: "recurring-invoices:write" },
  body: createRecurringInvoiceBody,
  answers: { 201: recurringInvoiceWithLinesAnswer },

  async run({ tx, company, user, now }, { body }) {
    const { client_id: clientId, title, frequency, start_date: startDate, ...fields } = body;
    const by = { company, causerId: user.id, now };
    const series = await createRecurringInvoice(tx, by, {
      clientId,
      title,
      frequency,
      startDate,
      ...toSeriesFields(fields),
    });
    return { ...(await answerRecurringInvoiceWithLines(tx, series)), status: 201 };
  },
});
