import { z } from "zod";
import { sendInvoice } from "../../../actions/send-invoice.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { answerMailedInvoice, mailedInvoiceAnswer } from "./detail.ts";

/** POST /invoices/:id/send — a draft becomes sent; the mailer sends it and sets `sent_at`. */
export const postSendRoute = defineRoute({
  method: "post",
  path: "/invoices/:id/send",
  summary: "Send an invoice by email",
  description:
    "`delivery` says how far the mail got; `sent_at` is set when a mail server has accepted it. An invoice " +
    "over nothing is finalised as paid without a mail, and `delivery` is null. 422 when the client has no " +
    "email address.",
  tag: "Invoices",
  access: { scope: "invoices:send" },
  params: z.object({ id: idParam }),
  answers: { 200: mailedInvoiceAnswer },

  async run({ tx, company, user, now }, { params }) {
    const by = { company, causerId: user.id, now };
    return answerMailedInvoice(await sendInvoice(tx, by, { invoiceId: params.id }));
  },
});
