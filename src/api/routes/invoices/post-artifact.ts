import { z } from "zod";
import { addArtifact } from "../../../actions/change-artifacts.ts";
import { defineRoute } from "../../define-route.ts";
import { boundedText, idParam } from "../../inputs.ts";
import {
  artifactJson,
  artifactKinds,
  presentArtifact,
  versionOfArtifact,
} from "./artifact-schema.ts";

/** POST /invoices/:id/artifacts — of an invoice in any status: a file changes nothing of what is owed. */
export const postArtifactRoute = defineRoute({
  method: "post",
  path: "/invoices/:id/artifacts",
  summary: "Attach a file to an invoice",
  description:
    "A JPEG, PNG, GIF, WebP or PDF of up to 10 MB, told by its content. `name` says what it is called when " +
    "it is downloaded. It is kept with the invoice, and not mailed. 409 when the invoice has 50 files.",
  tag: "Invoices",
  access: { scope: "invoices:write" },
  params: z.object({ id: idParam }),
  query: z.strictObject({ name: boundedText(255).optional() }),
  upload: {
    field: "artifact",
    bytesMax: 10 * 1_048_576,
    kinds: artifactKinds,
    folder: "artifacts",
  },
  answers: { 201: z.object({ data: artifactJson }) },
  failures: [502],

  async run({ tx, company, user, now }, { params, query, file }) {
    const by = { company, causerId: user.id, now };
    const name = query.name ?? null;
    const artifact = await addArtifact(tx, by, { invoiceId: params.id, name, file });
    const body = { data: presentArtifact(artifact) };
    return { status: 201, body, version: versionOfArtifact(artifact) };
  },
});
