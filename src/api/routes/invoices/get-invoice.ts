import { z } from "zod";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { answerInvoiceDetail, invoiceDetailAnswer } from "./detail.ts";

/** GET /invoices/:id — with client, lines (late fees too), payments, mails and reminders. */
export const getInvoiceRoute = defineRoute({
  method: "get",
  path: "/invoices/:id",
  summary: "Get an invoice",
  tag: "Invoices",
  access: { scope: "invoices:read" },
  params: z.object({ id: idParam }),
  answers: { 200: invoiceDetailAnswer },

  async run(context, { params }) {
    return await answerInvoiceDetail(context, params.id);
  },
});
