import { z } from "zod";
import { updateInvoice } from "../../../actions/update-invoice.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { toTags } from "../tags/tags-of-records.ts";
import { answerInvoiceWithLines, invoiceWithLinesAnswer } from "./detail.ts";
import { toInvoiceFields, updateInvoiceBody } from "./invoice-inputs.ts";

/** PUT and PATCH /invoices/:id — what is left out stays. */
export const putInvoiceRoute = defineRoute({
  method: "put",
  alsoPatch: true,
  path: "/invoices/:id",
  summary: "Update an invoice",
  description:
    "`line_items`, when given, is the full set: lines with an `id` are changed, those without are added, " +
    "the others removed; late fees stay. `adjustment_amount` and `adjustment_description`, when they say " +
    "something new, are one adjustment in place of all there are; 0 is none. Client and currency change on " +
    "drafts only; a paid or cancelled invoice takes new texts, project, category, tags and marks only; the total " +
    "cannot fall below what was paid (409).",
  tag: "Invoices",
  access: { scope: "invoices:write" },
  params: z.object({ id: idParam }),
  body: updateInvoiceBody,
  answers: { 200: invoiceWithLinesAnswer },

  async run(context, { params, body }) {
    const { tx, company, user, caller, now } = context;
    const by = { company, causerId: user.id, now };
    const invoice = await updateInvoice(tx, by, {
      invoiceId: params.id,
      clientId: body.client_id,
      tags: toTags(caller, body.tags),
      ...toInvoiceFields(body),
    });
    return await answerInvoiceWithLines(context, invoice);
  },
});
