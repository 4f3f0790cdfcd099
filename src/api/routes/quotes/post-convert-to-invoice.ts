import { z } from "zod";
import { convertQuoteToInvoice } from "../../../actions/convert-quote.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { answerInvoiceWithLines, invoiceWithLinesAnswer } from "../invoices/detail.ts";

/** POST /quotes/:id/convert-to-invoice — once; the invoice is a draft of today. */
export const postConvertToInvoiceRoute = defineRoute({
  method: "post",
  path: "/quotes/:id/convert-to-invoice",
  summary: "Convert a quote to an invoice",
  description:
    "Makes a draft invoice with the quote's client, lines, discount and texts. The quote must be sent, viewed " +
    "or accepted, and not converted yet (409). Needs invoices:write too.",
  tag: "Quotes",
  access: { scope: "quotes:write", further: ["invoices:write"] },
  params: z.object({ id: idParam }),
  answers: { 201: invoiceWithLinesAnswer },

  async run(context, { params }) {
    const { tx, company, user, now } = context;
    const by = { company, causerId: user.id, now };
    const invoice = await convertQuoteToInvoice(tx, by, { quoteId: params.id });
    return { ...(await answerInvoiceWithLines(context, invoice)), status: 201 };
  },
});
