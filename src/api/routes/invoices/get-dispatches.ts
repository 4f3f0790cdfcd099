import { z } from "zod";
import { listInvoiceDeliveries } from "../../../db/deliveries.ts";
import { getInvoice } from "../../../db/invoices.ts";
import { listJson, wholeListAnswer, wholeListQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { dispatchJson, presentDispatch } from "./dispatch-schema.ts";

/** GET /invoices/:id/dispatches — invoice, reminders and receipts, oldest first. */
export const getDispatchesRoute = defineRoute({
  method: "get",
  path: "/invoices/:id/dispatches",
  summary: "List what was sent about an invoice",
  description:
    "The invoice, reminders of it and receipts of its payments: to whom, when, and what became of it. " +
    "`accepted_at` is when the mail server took it. Oldest first.",
  tag: "Invoices",
  access: { scope: "invoices:read" },
  params: z.object({ id: idParam }),
  query: wholeListQuery,
  answers: { 200: listJson(dispatchJson, {}) },

  async run({ sql, company }, { params, query }) {
    const invoice = await getInvoice(sql, { companyId: company.id, id: params.id });
    const where = { companyId: company.id, invoiceId: invoice.id };
    const dispatches = await listInvoiceDeliveries(sql, where);
    return wholeListAnswer(dispatches.map(presentDispatch), query);
  },
});
