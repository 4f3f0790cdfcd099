import { loadInvoiceDocument } from "../../../actions/load-invoice-document.ts";
import { renderInvoicePdf } from "../../../actions/render-invoice-pdf.ts";
import { getInvoice } from "../../../db/invoices.ts";
import { answerPdf } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { portalParams, visit } from "./visit.ts";

/** GET /portal/invoices/:uuid/pdf — the same paper that the mail carries. */
export const getPortalInvoicePdfRoute = defineRoute({
  method: "get",
  path: "/portal/invoices/:uuid/pdf",
  summary: "Download invoice PDF",
  description: "Public: the UUID is the key. Drafts are 404.",
  tag: "Client portal",
  access: "public",
  params: portalParams,
  answers: { 200: { contentType: "application/pdf" } },

  async run({ sql, clock }, { params }) {
    const { by, id } = await visit(sql, clock, { what: "Invoice", uuid: params.uuid });
    const invoice = await getInvoice(sql, { companyId: by.company.id, id });
    const bytes = await renderInvoicePdf(await loadInvoiceDocument(sql, by.company, invoice));
    return answerPdf(bytes, invoice.invoiceNumber);
  },
});
