import { z } from "zod";
import { releaseRecurringInvoice } from "../../../actions/release-recurring-invoice.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam, localDate } from "../../inputs.ts";
import { answerRecurringInvoice, recurringInvoiceAnswer } from "./detail.ts";
import { catchUps } from "./schema.ts";

/** POST /recurring-invoices/:id/release — a person lets a parked series go on. */
export const postReleaseRoute = defineRoute({
  method: "post",
  path: "/recurring-invoices/:id/release",
  summary: "Release a parked recurring invoice",
  description:
    "The next night generates what is due. What was missed up to `through` (default: today) is made up " +
    "whatever the catch-up limit, as `catch_up` says, which may be changed at the same time. Refused while " +
    "the cause still stands: the night would park it again.",
  tag: "Recurring invoices",
  access: { scope: "recurring-invoices:write" },
  params: z.object({ id: idParam }),
  body: z.strictObject({ through: localDate.optional(), catch_up: z.enum(catchUps).optional() }),
  answers: { 200: recurringInvoiceAnswer },

  async run({ tx, company, user, now }, { params, body }) {
    const by = { company, causerId: user.id, now };
    const series = await releaseRecurringInvoice(tx, by, {
      seriesId: params.id,
      through: body.through,
      catchUp: body.catch_up,
    });
    return answerRecurringInvoice(series);
  },
});
