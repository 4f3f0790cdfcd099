import { z } from "zod";
import { updateRecurringLine } from "../../../actions/change-recurring-lines.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { placeholdersNote } from "./recurring-invoice-inputs.ts";
import { lineBody, toLineInput } from "../invoices/line-inputs.ts";
import { presentRecurringLine, recurringLineJson } from "./schema.ts";

/** PUT and PATCH /recurring-invoices/:id/line-items/:lineItemId — text, quantity and price are always given. */
export const putRecurringLineItemRoute = defineRoute({
  method: "put",
  alsoPatch: true,
  path: "/recurring-invoices/:id/line-items/:lineItemId",
  summary: "Update a line item on a recurring invoice",
  description:
    "`tax_rate_1` and `tax_rate_2` are basis points; without any tax key the line keeps its taxes. " +
    `The description: ${placeholdersNote}`,
  tag: "Recurring invoices",
  access: { scope: "recurring-invoices:write" },
  params: z.object({ id: idParam, lineItemId: idParam }),
  body: lineBody,
  answers: { 200: z.object({ data: recurringLineJson }) },

  async run({ tx, company, user, now }, { params, body }) {
    const by = { company, causerId: user.id, now };
    const line = await updateRecurringLine(tx, by, {
      ...toLineInput(body),
      seriesId: params.id,
      lineId: params.lineItemId,
    });
    return { status: 200, body: { data: presentRecurringLine(line) } };
  },
});
