import { z } from "zod";
import { sendStatement } from "../../../actions/send-statement.ts";
import { defineRoute } from "../../define-route.ts";
import { email, localDate, optionalText } from "../../inputs.ts";
import { deliveryJson, presentDelivery } from "../invoices/mail-schema.ts";
import { periodOf, statementParams } from "./period.ts";

/** Most further recipients of one statement. */
const ccMax = 20;

/** POST /clients/:client_id/statement/send — the mailer sends it, with the figures of that moment. */
export const postStatementSendRoute = defineRoute({
  method: "post",
  path: "/clients/:client_id/statement/send",
  summary: "Send client statement by email",
  description:
    "`note` stands in place of our words; `cc` names further recipients. `data` says how far the mail got. " +
    "422 when the client has no email address.",
  tag: "Statements",
  access: { scope: "invoices:send" },
  params: statementParams,
  body: z.strictObject({
    from: localDate,
    to: localDate,
    note: optionalText(2000),
    cc: z.array(email).max(ccMax).nullable().optional(),
  }),
  answers: { 200: z.object({ message: z.string(), data: deliveryJson }) },

  async run({ tx, company, user, now }, { params, body }) {
    const by = { company, causerId: user.id, now };
    const delivery = await sendStatement(tx, by, {
      clientId: params.client_id,
      ...periodOf(by, body),
      note: body.note ?? null,
      cc: [...new Set(body.cc ?? [])],
    });
    const message = "The statement is on its way.";
    return { status: 200, body: { message, data: presentDelivery(delivery) } };
  },
});
