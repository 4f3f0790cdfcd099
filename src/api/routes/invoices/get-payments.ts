import { z } from "zod";
import { getInvoice } from "../../../db/invoices.ts";
import { listInvoicePayments } from "../../../db/payments.ts";
import { listJson, wholeListAnswer, wholeListQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { paymentJson, presentPayment } from "./payment-schema.ts";

/** GET /invoices/:id/payments — all of them, oldest first. */
export const getInvoicePaymentsRoute = defineRoute({
  method: "get",
  path: "/invoices/:id/payments",
  summary: "List the payments of an invoice",
  tag: "Invoices",
  access: { scope: "payments:read" },
  params: z.object({ id: idParam }),
  query: wholeListQuery,
  answers: { 200: listJson(paymentJson, {}) },

  async run({ sql, company }, { params, query }) {
    const invoice = await getInvoice(sql, { companyId: company.id, id: params.id });
    const payments = await listInvoicePayments(sql, {
      companyId: company.id,
      invoiceId: invoice.id,
    });
    return wholeListAnswer(payments.map(presentPayment), query);
  },
});
