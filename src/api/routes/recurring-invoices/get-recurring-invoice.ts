import { z } from "zod";
import { getRecurringInvoice } from "../../../db/recurring-invoices.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { answerRecurringInvoiceDetail, recurringInvoiceDetailAnswer } from "./detail.ts";

/** GET /recurring-invoices/:id — with lines, client and the newest invoices made from it. */
export const getRecurringInvoiceRoute = defineRoute({
  method: "get",
  path: "/recurring-invoices/:id",
  summary: "Get a recurring invoice",
  tag: "Recurring invoices",
  access: { scope: "recurring-invoices:read" },
  params: z.object({ id: idParam }),
  answers: { 200: recurringInvoiceDetailAnswer },

  async run({ sql, company, mayUse }, { params }) {
    const series = await getRecurringInvoice(sql, { companyId: company.id, id: params.id });
    return await answerRecurringInvoiceDetail(sql, {
      series,
      showsClient: mayUse("clients:read"),
      showsInvoices: mayUse("invoices:read"),
    });
  },
});
