import type { Tx } from "../db/client.ts";
import { claimFile, discardFile } from "../db/files-to-delete.ts";
import {
  deleteArtifactRow,
  getArtifact,
  insertArtifact,
  listArtifacts,
  type ArtifactRow,
} from "../db/invoice-artifacts.ts";
import { lockInvoice, type InvoiceRow } from "../db/invoices.ts";
import { Conflict } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { recordInvoiceEvent } from "./invoice-events.ts";
import type { UploadedFile } from "./uploaded-file.ts";

/** Most files of one invoice. */
const artifactsMax = 50;

/**
 * Keeps an uploaded file with an invoice, in whatever status that is: a file changes nothing of what
 * is owed. An ending in `name` that says what the file is anyway is left out. Throws `Conflict` when the
 * invoice has as many files as it may.
 */
export async function addArtifact(
  tx: Tx,
  by: Acting,
  { invoiceId, name, file }: { invoiceId: number; name: string | null; file: UploadedFile },
): Promise<ArtifactRow> {
  const companyId = by.company.id;
  const invoice = await lockInvoice(tx, { companyId, id: invoiceId });
  const others = await listArtifacts(tx, { companyId, invoiceId });
  if (others.length >= artifactsMax) {
    throw new Conflict(
      `Invoice ${invoice.invoiceNumber} has ${artifactsMax} files already; delete one first.`,
      { code: "too_many_artifacts" },
    );
  }
  await claimFile(tx, { companyId, key: file.key });
  const artifact = await insertArtifact(tx, {
    companyId,
    invoiceId,
    name: withoutEnding(name, file.kind),
    kind: file.kind,
    bytes: BigInt(file.content.length),
    sha256: file.digest,
    storageKey: file.key,
    uploadedBy: by.causerId,
    createdAt: by.now,
  });
  await recordArtifactEvent(tx, by, "invoice.artifact_added", invoice, artifact);
  return artifact;
}

/** Takes a file away from an invoice; the storage forgets it soon after. */
export async function deleteArtifact(
  tx: Tx,
  by: Acting,
  { invoiceId, id }: { invoiceId: number; id: number },
): Promise<void> {
  const companyId = by.company.id;
  const invoice = await lockInvoice(tx, { companyId, id: invoiceId });
  const artifact = await getArtifact(tx, { companyId, invoiceId, id });
  await dropArtifact(tx, companyId, artifact);
  await recordArtifactEvent(tx, by, "invoice.artifact_deleted", invoice, artifact);
}

/** Nobody finds a deleted invoice any more, and so nobody its files. */
export async function dropArtifacts(
  tx: Tx,
  by: Acting,
  { invoiceId }: { invoiceId: number },
): Promise<void> {
  const companyId = by.company.id;
  for (const artifact of await listArtifacts(tx, { companyId, invoiceId })) {
    await dropArtifact(tx, companyId, artifact);
  }
}

/** What a file is called when it is downloaded, without its ending. */
export function artifactName({ id, name }: ArtifactRow): string {
  return name ?? `artifact-${id}`;
}

async function dropArtifact(tx: Tx, companyId: number, artifact: ArtifactRow): Promise<void> {
  await deleteArtifactRow(tx, { companyId, id: artifact.id });
  await discardFile(tx, { companyId, key: artifact.storageKey });
}

async function recordArtifactEvent(
  tx: Tx,
  by: Acting,
  type: string,
  invoice: InvoiceRow,
  artifact: ArtifactRow,
): Promise<void> {
  const { id, name, kind, bytes, sha256 } = artifact;
  await recordInvoiceEvent(tx, by, type, invoice, { artifact_id: id, name, kind, bytes, sha256 });
}

function withoutEnding(name: string | null, kind: ArtifactRow["kind"]): string | null {
  const ending = kind === "jpg" ? /\.jpe?g$/i : new RegExp(`\\.${kind}$`, "i");
  const bare = name?.replace(ending, "").trim() ?? "";
  return bare === "" ? null : bare;
}
