import { z } from "zod";
import { updateInvoice } from "../../../actions/update-invoice.ts";
import { lockInvoice } from "../../../db/invoices.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { answerInvoiceWithLines, invoiceWithLinesAnswer } from "./detail.ts";
import { taxRateIds } from "./invoice-inputs.ts";
import { invoiceLineItems, toInvoiceLineInput } from "./invoice-line-inputs.ts";

/** PUT /invoices/:id/line-items — replaced as a set, and the totals with them. */
export const putLineItemsRoute = defineRoute({
  method: "put",
  path: "/invoices/:id/line-items",
  summary: "Set the line items of an invoice",
  description:
    "The full set: lines with an `id` are changed and keep the time or expense they bill, those without " +
    "are added, the others removed, which frees what they billed; late fees stay. With tax type `summary`, " +
    "`tax_rate_ids` are the rates on the whole, and stay when left out.",
  tag: "Invoices",
  access: { scope: "invoices:write" },
  params: z.object({ id: idParam }),
  body: z.strictObject({ line_items: invoiceLineItems, tax_rate_ids: taxRateIds.optional() }),
  answers: { 200: invoiceWithLinesAnswer },

  async run(context, { params, body }) {
    const { tx, company, user, now, checkIfMatch } = context;
    checkIfMatch(await lockInvoice(tx, { companyId: company.id, id: params.id }));
    const by = { company, causerId: user.id, now };
    const invoice = await updateInvoice(tx, by, {
      invoiceId: params.id,
      lines: body.line_items.map(toInvoiceLineInput),
      taxRateIds: body.tax_rate_ids,
    });
    return await answerInvoiceWithLines(context, invoice);
  },
});
