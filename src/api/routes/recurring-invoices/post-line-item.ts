import { z } from "zod";
import { addRecurringLine } from "../../../actions/change-recurring-lines.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { placeholdersNote } from "./recurring-invoice-inputs.ts";
import { lineBody, toLineInput } from "../invoices/line-inputs.ts";
import { presentRecurringLine, recurringLineJson } from "./schema.ts";

/** POST /recurring-invoices/:id/line-items — on the invoices to come; those made stay as they are. */
export const postRecurringLineItemRoute = defineRoute({
  method: "post",
  path: "/recurring-invoices/:id/line-items",
  summary: "Add a line item to a recurring invoice",
  description:
    "`tax_rate_1` and `tax_rate_2` are basis points. Without any tax key the line gets the taxes of its " +
    `service, or else the company's default taxes. The description: ${placeholdersNote}`,
  tag: "Recurring invoices",
  access: { scope: "recurring-invoices:write" },
  params: z.object({ id: idParam }),
  body: lineBody,
  answers: { 201: z.object({ data: recurringLineJson }) },

  async run({ tx, company, user, now }, { params, body }) {
    const by = { company, causerId: user.id, now };
    const line = await addRecurringLine(tx, by, { ...toLineInput(body), seriesId: params.id });
    return { status: 201, body: { data: presentRecurringLine(line) } };
  },
});
