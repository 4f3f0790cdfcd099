import { z } from "zod";
import { sendQuote } from "../../../actions/send-quote.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { deliveryJson, presentDelivery } from "../invoices/mail-schema.ts";
import { answerQuote } from "./detail.ts";
import { quoteJson } from "./schema.ts";

/** POST /quotes/:id/send — the mailer sends it, and then it is sent. */
export const postQuoteSendRoute = defineRoute({
  method: "post",
  path: "/quotes/:id/send",
  summary: "Send a quote by email",
  description:
    "`delivery` says how far the mail got; a draft becomes sent when a mail server has accepted it. 422 when " +
    "the client has no email address; 409 when the quote was answered or has expired.",
  tag: "Quotes",
  access: { scope: "quotes:send" },
  params: z.object({ id: idParam }),
  answers: { 200: z.object({ data: quoteJson.extend({ delivery: deliveryJson }) }) },

  async run({ tx, company, user, now }, { params }) {
    const by = { company, causerId: user.id, now };
    const { quote, delivery } = await sendQuote(tx, by, { quoteId: params.id });
    return answerQuote(quote, { delivery: presentDelivery(delivery) });
  },
});
