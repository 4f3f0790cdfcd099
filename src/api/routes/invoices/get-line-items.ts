import { z } from "zod";
import { listInvoiceLines } from "../../../db/invoice-lines.ts";
import { getInvoice } from "../../../db/invoices.ts";
import { listJson, wholeListAnswer, wholeListQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { lineJson, presentLine } from "./line-schema.ts";

/** GET /invoices/:id/line-items — all of them, late fees last. */
export const getLineItemsRoute = defineRoute({
  method: "get",
  path: "/invoices/:id/line-items",
  summary: "List line items for an invoice",
  tag: "Invoices",
  access: { scope: "invoices:read" },
  params: z.object({ id: idParam }),
  query: wholeListQuery,
  answers: { 200: listJson(lineJson, {}) },

  async run({ sql, company }, { params, query }) {
    const invoice = await getInvoice(sql, { companyId: company.id, id: params.id });
    const lines = await listInvoiceLines(sql, { companyId: company.id, invoiceId: invoice.id });
    return wholeListAnswer(lines.map(presentLine), query);
  },
});
