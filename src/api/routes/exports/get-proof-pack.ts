import { z } from "zod";
import { loadInvoiceDocument } from "../../../actions/load-invoice-document.ts";
import { canonicalJson, makeProofPack } from "../../../actions/proof-pack.ts";
import { renderProofPackPdf } from "../../../actions/render-proof-pack-pdf.ts";
import { getInvoicedClient } from "../../../db/invoice-references.ts";
import { getInvoice } from "../../../db/invoices.ts";
import { contentTypeOf } from "../../../platform/file-kinds.ts";
import { answerPdf } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { idQuery } from "../../inputs.ts";

const JSON_TYPE = "application/json";
const PDF_TYPE = "application/pdf";
const ONE_INSTANT = "isolation level repeatable read read only";

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
  query: z.strictObject({ invoiceId: idQuery }),
  answers: { 200: { contentType: (["json", "pdf"] as const).map(contentTypeOf) } },

  async run({ sql, company, prefers }, { query }) {
    const key = { companyId: company.id, id: query.invoiceId };
    if (prefers([JSON_TYPE, PDF_TYPE]) === PDF_TYPE) {
      // Of one instant: what is printed is what the digests below it are of.
      const printed = await sql.begin(ONE_INSTANT, async (tx) => {
        const invoice = await getInvoice(tx, key);
        const { clientId } = invoice;
        return {
          client: await getInvoicedClient(tx, { companyId: company.id, clientId }),
          document: await loadInvoiceDocument(tx, company, invoice),
          pack: await makeProofPack(tx, company, invoice.id),
        };
      });
      const pdf = await renderProofPackPdf(company, printed);
      return answerPdf(pdf, `proof-pack-${printed.document.number}`);
    }
    const pack = await sql.begin(ONE_INSTANT, async (tx) => {
      const invoice = await getInvoice(tx, key);
      return await makeProofPack(tx, company, invoice.id);
    });
    return {
      status: 200,
      bytes: Buffer.from(canonicalJson(pack)),
      headers: { "Content-Type": contentTypeOf("json") },
    };
  },
});
