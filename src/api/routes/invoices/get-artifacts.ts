import { z } from "zod";
import { listArtifacts } from "../../../db/invoice-artifacts.ts";
import { getInvoice } from "../../../db/invoices.ts";
import { listJson, wholeListAnswer, wholeListQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { artifactJson, presentArtifact } from "./artifact-schema.ts";

/** GET /invoices/:id/artifacts — all of them, in the order in which they came. */
export const getArtifactsRoute = defineRoute({
  method: "get",
  path: "/invoices/:id/artifacts",
  summary: "List the files of an invoice",
  tag: "Invoices",
  access: { scope: "invoices:read" },
  params: z.object({ id: idParam }),
  query: wholeListQuery,
  answers: { 200: listJson(artifactJson, {}) },

  async run({ sql, company }, { params, query }) {
    const invoice = await getInvoice(sql, { companyId: company.id, id: params.id });
    const where = { companyId: company.id, invoiceId: invoice.id };
    const artifacts = await listArtifacts(sql, where);
    return wholeListAnswer(artifacts.map(presentArtifact), query);
  },
});
