import { z } from "zod";
import { artifactName } from "../../../actions/change-artifacts.ts";
import type { ArtifactRow } from "../../../db/invoice-artifacts.ts";
import { contentTypeOf, type FileKind } from "../../../platform/file-kinds.ts";
import { instantJson, presentInstant } from "../../answers.ts";

/** What an artifact may be. */
export const artifactKinds = ["jpg", "png", "gif", "webp", "pdf"] as const satisfies FileKind[];

export const artifactJson = z
  .object({
    id: z.int(),
    file_name: z.string(),
    content_type: z.string(),
    bytes: z.int(),
    sha256: z.string().meta({ description: "Hex." }),
    uploaded_by: z.int().nullable(),
    created_at: instantJson,
  })
  .meta({ id: "InvoiceArtifact" });

export function presentArtifact(artifact: ArtifactRow) {
  return {
    id: artifact.id,
    file_name: `${artifactName(artifact)}.${artifact.kind}`,
    content_type: contentTypeOf(artifact.kind),
    bytes: artifact.bytes,
    sha256: artifact.sha256,
    uploaded_by: artifact.uploadedBy,
    created_at: presentInstant(artifact.createdAt),
  };
}

/** What an ETag of an artifact is made of: it is as it was when it came. */
export function versionOfArtifact(artifact: ArtifactRow): ArtifactRow & { updatedAt: Date } {
  return { ...artifact, updatedAt: artifact.createdAt };
}
