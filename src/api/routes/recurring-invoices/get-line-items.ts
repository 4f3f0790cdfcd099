import { z } from "zod";
import { listRecurringInvoiceLines } from "../../../db/recurring-invoice-lines.ts";
import { getRecurringInvoice } from "../../../db/recurring-invoices.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { presentRecurringLine, recurringLineJson } from "./schema.ts";

/** GET /recurring-invoices/:id/line-items — all of them, in their order. */
export const getRecurringLineItemsRoute = defineRoute({
  method: "get",
  path: "/recurring-invoices/:id/line-items",
  summary: "List line items for a recurring invoice",
  tag: "Recurring invoices",
  access: { scope: "recurring-invoices:read" },
  params: z.object({ id: idParam }),
  answers: { 200: z.object({ data: z.array(recurringLineJson) }) },

  async run({ sql, company }, { params }) {
    const { companyId, id } = await getRecurringInvoice(sql, {
      companyId: company.id,
      id: params.id,
    });
    const lines = await listRecurringInvoiceLines(sql, { companyId, seriesIds: [id] });
    return { status: 200, body: { data: lines.map(presentRecurringLine) } };
  },
});
