import { z } from "zod";
import { loadBranding } from "../../../actions/load-branding.ts";
import { canonicalJson, makeProofPack } from "../../../actions/proof-pack.ts";
import { renderProofPackPdf } from "../../../actions/render-proof-pack-pdf.ts";
import { getInvoicedClient } from "../../../db/invoice-references.ts";
import { getInvoice } from "../../../db/invoices.ts";
import { contentTypeOf } from "../../../platform/file-kinds.ts";
import { answerPdf } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

const JSON_TYPE = "application/json";
const PDF_TYPE = "application/pdf";

/** GET /proof-packs?invoiceId= — the evidence behind an invoice, digest-backed. */
export const getProofPackRoute = defineRoute({
  method: "get",
  path: "/proof-packs",
  summary: "Get the proof pack of an invoice",
  description:
    "Everything behind an invoice as canonical JSON (RFC 8785): `data.parts`, with the SHA-256 of each part's " +
    "canonical JSON in `data.digests`, and that of `data` in `meta.sha256`, so that a part can be checked alone. " +
    "`nightledger verify FILE` checks a saved pack. A PDF on `Accept: application/pdf`.",
  tag: "Exports",
  access: { scope: "proof-packs:read" },
  query: z.strictObject({ invoiceId: idParam }),
  answers: { 200: { contentType: (["json", "pdf"] as const).map(contentTypeOf) } },

  async run({ sql, company, prefers }, { query }) {
    const key = { companyId: company.id, id: query.invoiceId };
    const invoice = await getInvoice(sql, key);
    const pack = await makeProofPack(sql, company, invoice.id);
    if (prefers([JSON_TYPE, PDF_TYPE]) === PDF_TYPE) {
      const client = await getInvoicedClient(sql, {
        companyId: company.id,
        clientId: invoice.clientId,
      });
      const branding = await loadBranding(sql, company.id);
      const pdf = await renderProofPackPdf(company, { invoice, client, pack }, branding);
      return answerPdf(pdf, `proof-pack-${invoice.invoiceNumber}`);
    }
    return {
      status: 200,
      bytes: Buffer.from(canonicalJson(pack)),
      headers: { "Content-Type": contentTypeOf("json") },
    };
  },
});
