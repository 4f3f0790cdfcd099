import { z } from "zod";
import { updateRecurringInvoice } from "../../../actions/update-recurring-invoice.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { answerRecurringInvoiceWithLines, recurringInvoiceWithLinesAnswer } from "./detail.ts";
import { toSeriesFields, updateRecurringInvoiceBody } from "./recurring-invoice-inputs.ts";

/** PUT and PATCH /recurring-invoices/:id — what is left out stays. */
export const putRecurringInvoiceRoute = defineRoute({
  method: "put",
  alsoPatch: true,
  path: "/recurring-invoices/:id",
  summary: "Update a recurring invoice",
  description:
    "`line_items`, when given, is the full set: lines with an `id` are changed, those without are added, " +
    "the others removed. Another `next_generate_date` counts the occurrences anew from there; another " +
    "frequency or interval counts them from the next date as it was; other changes keep the dates. " +
    "`start_date` can be changed until something has come of the series.",
  tag: "Recurring invoices",
  access: { scope: "recurring-invoices:write" },
  params: z.object({ id: idParam }),
  body: updateRecurringInvoiceBody,
  answers: { 200: recurringInvoiceWithLinesAnswer },

  async run({ tx, company, user, now }, { params, body }) {
    const by = { company, causerId: user.id, now };
    const series = await updateRecurringInvoice(tx, by, {
      seriesId: params.id,
      clientId: body.client_id,
      title: body.title,
      frequency: body.frequency,
      startDate: body.start_date,
      ...toSeriesFields(body),
    });
    return await answerRecurringInvoiceWithLines(tx, series);
  },
});
