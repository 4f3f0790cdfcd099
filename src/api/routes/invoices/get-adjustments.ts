import { z } from "zod";
import { listAdjustments } from "../../../db/invoice-adjustments.ts";
import { getInvoice } from "../../../db/invoices.ts";
import { listJson, wholeListAnswer, wholeListQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { adjustmentJson, presentAdjustment } from "./adjustment-schema.ts";

/** GET /invoices/:id/adjustments — all of them, in the order in which they were added. */
export const getAdjustmentsRoute = defineRoute({
  method: "get",
  path: "/invoices/:id/adjustments",
  summary: "List the adjustments of an invoice",
  description: "`adjustment_amount` of the invoice is their sum.",
  tag: "Invoices",
  access: { scope: "invoices:read" },
  params: z.object({ id: idParam }),
  query: wholeListQuery,
  answers: { 200: listJson(adjustmentJson, {}) },

  async run({ sql, company }, { params, query }) {
    const invoice = await getInvoice(sql, { companyId: company.id, id: params.id });
    const where = { companyId: company.id, invoiceId: invoice.id };
    const adjustments = await listAdjustments(sql, where);
    return wholeListAnswer(adjustments.map(presentAdjustment), query);
  },
});
