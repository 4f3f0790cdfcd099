import { z } from "zod";
import { listRecurringInvoiceLines } from "../../../db/recurring-invoice-lines.ts";
import { getRecurringInvoice } from "../../../db/recurring-invoices.ts";
import { listJson, wholeListAnswer, wholeListQuery } from "../../answers.ts";
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
  query: wholeListQuery,
  answers: { 200: listJson(recurringLineJson, {}) },

  async run({ sql, company }, { params, query }) {
    const { companyId, id } = await getRecurringInvoice(sql, {
      companyId: company.id,
      id: params.id,
    });
    const lines = await listRecurringInvoiceLines(sql, { companyId, seriesIds: [id] });
    return wholeListAnswer(lines.map(presentRecurringLine), query);
  },
});
