import { z } from "zod";
import { artifactName } from "../../../actions/change-artifacts.ts";
import { getArtifact } from "../../../db/invoice-artifacts.ts";
import { getInvoice } from "../../../db/invoices.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { answerStoredFile, storedFile } from "../../stored-files.ts";
import { artifactKinds } from "./artifact-schema.ts";

/** GET /invoices/:id/artifacts/:artifactId/download — the very bytes that were uploaded. */
export const getArtifactDownloadRoute = defineRoute({
  method: "get",
  path: "/invoices/:id/artifacts/:artifactId/download",
  summary: "Download a file of an invoice",
  tag: "Invoices",
  access: { scope: "invoices:read" },
  params: z.object({ id: idParam, artifactId: idParam }),
  answers: { 200: storedFile(artifactKinds) },
  failures: [502],

  async run({ sql, company, services, log }, { params }) {
    const invoice = await getInvoice(sql, { companyId: company.id, id: params.id });
    const where = { companyId: company.id, invoiceId: invoice.id };
    const artifact = await getArtifact(sql, { ...where, id: params.artifactId });
    const name = artifactName(artifact);
    return await answerStoredFile({ key: artifact.storageKey, name }, { services, log });
  },
});
