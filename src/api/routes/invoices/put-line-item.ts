import { z } from "zod";
import { updateInvoiceLine } from "../../../actions/change-invoice-lines.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { invoiceLineBody, toInvoiceLineInput } from "./invoice-line-inputs.ts";
import { lineJson, presentLine } from "./line-schema.ts";

/** PUT and PATCH /invoices/:id/line-items/:lineItemId — text, quantity and price are always given. */
export const putLineItemRoute = defineRoute({
  method: "put",
  alsoPatch: true,
  path: "/invoices/:id/line-items/:lineItemId",
  summary: "Update a line item on an invoice",
  description:
    "`tax_rate_1` and `tax_rate_2` are basis points; without any tax key the line keeps its taxes.",
  tag: "Invoices",
  access: { scope: "invoices:write" },
  params: z.object({ id: idParam, lineItemId: idParam }),
  body: invoiceLineBody,
  answers: { 200: z.object({ data: lineJson }) },

  async run({ tx, company, user, now }, { params, body }) {
    const by = { company, causerId: user.id, now };
    const line = await updateInvoiceLine(tx, by, {
      ...toInvoiceLineInput(body),
      invoiceId: params.id,
      lineId: params.lineItemId,
    });
    return { status: 200, body: { data: presentLine(line) } };
  },
});
