import { z } from "zod";
import { loadInvoiceDocument } from "../../../actions/load-invoice-document.ts";
import { renderInvoicePdf } from "../../../actions/render-invoice-pdf.ts";
import { getInvoice } from "../../../db/invoices.ts";
import { answerPdf } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

/** GET /invoices/:id/pdf — printed anew each time, in the company's layout. */
export const getInvoicePdfRoute = defineRoute({
  method: "get",
  path: "/invoices/:id/pdf",
  summary: "Download invoice as PDF",
  tag: "Invoices",
  access: { scope: "invoices:read" },
  params: z.object({ id: idParam }),
  answers: { 200: { contentType: "application/pdf" } },

  async run({ sql, company }, { params }) {
    const invoice = await getInvoice(sql, { companyId: company.id, id: params.id });
    const bytes = await renderInvoicePdf(await loadInvoiceDocument(sql, company, invoice));
    return answerPdf(bytes, invoice.invoiceNumber);
  },
});
