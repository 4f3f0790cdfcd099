import { z } from "zod";
import { addInvoiceLine } from "../../../actions/change-invoice-lines.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { invoiceLineBody, toInvoiceLineInput } from "./invoice-line-inputs.ts";
import { lineJson, presentLine } from "./line-schema.ts";

/** POST /invoices/:id/line-items — rates are basis points; the invoice's totals follow. */
export const postLineItemRoute = defineRoute({
  method: "post",
  path: "/invoices/:id/line-items",
  summary: "Add a line item to an invoice",
  description:
    "`tax_rate_1` and `tax_rate_2` are basis points. Without any tax key the line gets the taxes of its " +
    "service, or else the company's default taxes.",
  tag: "Invoices",
  access: { scope: "invoices:write" },
  params: z.object({ id: idParam }),
  body: invoiceLineBody,
  answers: { 201: z.object({ data: lineJson }) },

  async run({ tx, company, user, now }, { params, body }) {
    const by = { company, causerId: user.id, now };
    const line = await addInvoiceLine(tx, by, {
      ...toInvoiceLineInput(body),
      invoiceId: params.id,
    });
    return { status: 201, body: { data: presentLine(line) } };
  },
});
