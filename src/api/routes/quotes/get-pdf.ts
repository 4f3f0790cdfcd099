import { z } from "zod";
import { loadQuoteDocument } from "../../../actions/load-invoice-document.ts";
import { renderInvoicePdf } from "../../../actions/render-invoice-pdf.ts";
import { localDateOf } from "../../../billing/dates.ts";
import { getQuote } from "../../../db/quotes.ts";
import { answerPdf } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

/** GET /quotes/:id/pdf — printed anew each time, in the company's layout. */
export const getQuotePdfRoute = defineRoute({
  method: "get",
  path: "/quotes/:id/pdf",
  summary: "Download quote as PDF",
  tag: "Quotes",
  access: { scope: "quotes:read" },
  params: z.object({ id: idParam }),
  answers: { 200: { contentType: "application/pdf" } },

  async run({ sql, company, now }, { params }) {
    const today = localDateOf(now, company.timezone);
    const quote = await getQuote(sql, { companyId: company.id, id: params.id, today });
    const bytes = await renderInvoicePdf(await loadQuoteDocument(sql, company, quote));
    return answerPdf(bytes, quote.quoteNumber);
  },
});
