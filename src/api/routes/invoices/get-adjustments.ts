import { z } from "zod";
import { listAdjustments } from "../../../db/invoice-adjustments.ts";
import { getInvoice } from "../../../db/invoices.ts";
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
  answers: { 200: z.object({ data: z.array(adjustmentJson) }) },

  async run({ sql, company }, { params }) {
    const invoice = await getInvoice(sql, { companyId: company.id, id: params.id });
    const where = { companyId: company.id, invoiceId: invoice.id };
    const adjustments = await listAdjustments(sql, where);
    return { status: 200, body: { data: adjustments.map(presentAdjustment) } };
  },
});
