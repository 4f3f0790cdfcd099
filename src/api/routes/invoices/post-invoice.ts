import { createInvoice } from "../../../actions/create-invoice.ts";
import { defineRoute } from "../../define-route.ts";
import { toTags } from "../tags/tags-of-records.ts";
import { answerInvoiceWithLines, invoiceWithLinesAnswer } from "./detail.ts";
import { createInvoiceBody, toInvoiceFields } from "./invoice-inputs.ts";

/** POST /invoices — a draft with the company's next number. */
export const postInvoiceRoute = defineRoute({
  method: "post",
  path: "/invoices",
  summary: "Create an invoice",
  description:
    "Writes a draft. Currency and payment terms are the client's, or else the company's. In `line_items`, " +
    "`tax_rate` is a percentage and `tax_rate_1`, `tax_rate_2` are basis points. A line without any tax " +
    "key gets the taxes of its service, or else the company's default taxes; null means no tax. " +
    "`tax_rate_id` is a kept rate (`/tax-rates`). With `tax_type` summary the invoice has `tax_rate_ids` on the " +
    "whole, and its lines have neither taxes nor discounts of their own.",
  tag: "Invoices",
  access: { scope: "invoices:write" },
  body: createInvoiceBody,
  answers: { 201: invoiceWithLinesAnswer },

  async run(context, { body }) {
    const { tx, company, user, caller, now } = context;
    const by = { company, causerId: user.id, now };
    const { client_id: clientId, ...fields } = body;
    const tags = toTags(caller, fields.tags);
    const input = { clientId, tags, ...toInvoiceFields(fields) };
    const { invoice, lines } = await createInvoice(tx, by, input);
    const known = { lines, isUntagged: tags === undefined };
    return { ...(await answerInvoiceWithLines(context, invoice, known)), status: 201 };
  },
});
