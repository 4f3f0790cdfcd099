import { z } from "zod";
import { publishInvoice } from "../../../actions/publish-invoice.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { answerInvoiceWithLines, invoiceWithLinesAnswer } from "./detail.ts";

/** POST /invoices/:id/publish — a draft is issued, and its client may see it; no mail. */
export const postPublishRoute = defineRoute({
  method: "post",
  path: "/invoices/:id/publish",
  summary: "Publish an invoice",
  description:
    "As mark-sent, for a draft only: published once, it is a 409. An invoice over nothing is paid at once.",
  tag: "Invoices",
  access: { scope: "invoices:write" },
  params: z.object({ id: idParam }),
  answers: { 200: invoiceWithLinesAnswer },

  async run(context, { params }) {
    const { tx, company, user, now } = context;
    const by = { company, causerId: user.id, now };
    const invoice = await publishInvoice(tx, by, { invoiceId: params.id });
    return await answerInvoiceWithLines(context, invoice);
  },
});
