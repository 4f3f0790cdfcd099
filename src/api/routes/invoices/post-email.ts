import { z } from "zod";
import { emailInvoice } from "../../../actions/publish-invoice.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { answerMailedInvoice, mailedInvoiceAnswer } from "./detail.ts";

/** POST /invoices/:id/email — as send, for what was published; a draft is a 409. */
export const postEmailRoute = defineRoute({
  method: "post",
  path: "/invoices/:id/email",
  summary: "Email an invoice that was published",
  description:
    "As send, but a draft is a 409. `delivery` says how far the mail got. 422 when the client has no email " +
    "address.",
  tag: "Invoices",
  access: { scope: "invoices:send" },
  params: z.object({ id: idParam }),
  answers: { 200: mailedInvoiceAnswer },

  async run({ tx, company, user, now }, { params }) {
    const by = { company, causerId: user.id, now };
    return answerMailedInvoice(await emailInvoice(tx, by, { invoiceId: params.id }));
  },
});
