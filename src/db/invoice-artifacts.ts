import { NotFound } from "../errors.ts";
import type { FileKind } from "../platform/file-kinds.ts";
import type { Select, Sql, Tx } from "./client.ts";

/** A file that belongs to an invoice. It never changes. */
export interface ArtifactRow {
  id: number;
  invoiceId: number;
  /** As people call it, without an ending; none when nobody named it. */
  name: string | null;
  kind: FileKind;
  bytes: bigint;
  /** Hex. */
  sha256: string;
  /** In the file storage. */
  storageKey: string;
  uploadedBy: number | null;
  createdAt: Date;
}

interface OfInvoice {
  companyId: number;
  invoiceId: number;
}

function artifactColumns(sql: Sql | Tx) {
  return sql`
    id, invoice_id, name, kind, bytes, sha256, storage_key, uploaded_by, created_at
  `;
}

/** In the order in which they came. */
export function listArtifacts(
  sql: Sql | Tx,
  { companyId, invoiceId }: OfInvoice,
): Select<ArtifactRow> {
  return sql<ArtifactRow[]>`
    select ${artifactColumns(sql)}
    from invoice_artifacts
    where company_id = ${companyId} and invoice_id = ${invoiceId}
    order by id
  `;
}

/** An artifact of another invoice is not found. */
export async function getArtifact(
  sql: Sql | Tx,
  { companyId, invoiceId, id }: OfInvoice & { id: number },
): Promise<ArtifactRow> {
  const [row] = await sql<ArtifactRow[]>`
    select ${artifactColumns(sql)}
    from invoice_artifacts
    where company_id = ${companyId} and invoice_id = ${invoiceId} and id = ${id}
  `;
  if (row === undefined) throw new NotFound("Artifact");
  return row;
}

export async function insertArtifact(
  tx: Tx,
  artifact: Omit<ArtifactRow, "id"> & { companyId: number },
): Promise<ArtifactRow> {
  const [row] = await tx<ArtifactRow[]>`
    insert into invoice_artifacts ${tx(artifact)}
    returning ${artifactColumns(tx)}
  `;
  return row!;
}

export async function deleteArtifactRow(
  tx: Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<void> {
  await tx`delete from invoice_artifacts where company_id = ${companyId} and id = ${id}`;
}
