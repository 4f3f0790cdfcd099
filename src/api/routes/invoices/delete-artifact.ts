import { z } from "zod";
import { deleteArtifact } from "../../../actions/change-artifacts.ts";
import { getArtifact } from "../../../db/invoice-artifacts.ts";
import { lockInvoice } from "../../../db/invoices.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { versionOfArtifact } from "./artifact-schema.ts";

/** DELETE /invoices/:id/artifacts/:artifactId — the file goes, too. */
export const deleteArtifactRoute = defineRoute({
  method: "delete",
  path: "/invoices/:id/artifacts/:artifactId",
  summary: "Delete a file of an invoice",
  tag: "Invoices",
  access: { scope: "invoices:write" },
  params: z.object({ id: idParam, artifactId: idParam }),
  answers: { 204: null },

  async run({ tx, company, user, now, checkIfMatch }, { params }) {
    const by = { company, causerId: user.id, now };
    const { id: invoiceId, artifactId: id } = params;
    await lockInvoice(tx, { companyId: company.id, id: invoiceId });
    checkIfMatch(
      versionOfArtifact(await getArtifact(tx, { companyId: company.id, invoiceId, id })),
    );
    await deleteArtifact(tx, by, { invoiceId, id });
    return { status: 204 };
  },
});
