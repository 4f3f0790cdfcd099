import { todayOf } from "../../../actions/acting.ts";
import { loadQuoteDocument } from "../../../actions/load-invoice-document.ts";
import { renderInvoicePdf } from "../../../actions/render-invoice-pdf.ts";
import { getQuote } from "../../../db/quotes.ts";
import { answerPdf } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { portalParams, visit } from "./visit.ts";

/** GET /portal/quotes/:uuid/pdf — the same paper that the mail carries. */
export const getPortalQuotePdfRoute = defineRoute({
  method: "get",
  path: "/portal/quotes/:uuid/pdf",
  summary: "Download quote PDF",
  description: "Public: the UUID is the key. Drafts are 404.",
  tag: "Client portal",
  access: "public",
  params: portalParams,
  answers: { 200: { contentType: "application/pdf" } },

  async run({ sql, clock }, { params }) {
    const { by, id } = await visit(sql, clock, { what: "Quote", uuid: params.uuid });
    const quote = await getQuote(sql, { companyId: by.company.id, id, today: todayOf(by) });
    const bytes = await renderInvoicePdf(await loadQuoteDocument(sql, by.company, quote));
    return answerPdf(bytes, quote.quoteNumber);
  },
});
