import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { raiseAttention } from "../../../db/attention.ts";
import { findExport, markExportDamaged, type ExportRow } from "../../../db/exports.ts";
import { inTransaction } from "../../../db/transaction.ts";
import { Conflict, Gone, NotFound } from "../../../errors.ts";
import { contentTypeOf } from "../../../platform/file-kinds.ts";
import { fileHeaders, headersOfDigest } from "../../answers.ts";
import type { CompanyContext } from "../../context.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { exportFormats, statusOf } from "./schema.ts";

/** GET /exports/:id/download — the file, after it was found to be the one that was written. */
export const getExportDownloadRoute = defineRoute({
  method: "get",
  path: "/exports/:id/download",
  summary: "Download an export",
  description:
    "`Repr-Digest` and `x-billabled-export-sha256` are the file's, which is checked before it is sent: one that " +
    "has changed is answered with 500 and never sent. 409 while its run goes on; 410 once it is deleted.",
  tag: "Exports",
  access: { scope: "exports:read" },
  params: z.object({ id: idParam }),
  answers: { 200: { contentType: exportFormats.map(contentTypeOf) } },
  failures: [409, 410, 502],

  async run(context, { params }) {
    const { sql, company, services, clock } = context;
    const row = await findExport(sql, { companyId: company.id, id: params.id });
    if (row === undefined) throw new NotFound("Export");
    const { storageKey, sha256, bytes, id, format } = row;
    if (storageKey === null || sha256 === null) {
      throw new Conflict(`The export is not written yet; its run is ${row.runId}.`, {
        code: "export_pending",
      });
    }
    if (statusOf(row, clock.now()) === "expired") {
      throw new Gone("The file of this export was deleted. Export anew.");
    }
    // The whole file is read before a byte of it is sent: what was sent cannot be taken back.
    const found = await digestOf(await open(context, row, storageKey));
    if (found !== sha256) await refuse(context, row, `its SHA-256 is ${found}, not ${sha256}`);
    return {
      status: 200,
      headers: {
        ...fileHeaders({ name: `export-${id}`, kind: format }),
        ...headersOfDigest(Buffer.from(sha256, "hex")),
        "Content-Length": String(bytes),
      },
      async send(response, signal) {
        await pipeline(await services.storage.open(storageKey), response, { signal });
      },
    };
  },
});

async function open(
  context: CompanyContext,
  row: ExportRow,
  storageKey: string,
): Promise<Readable> {
  try {
    return await context.services.storage.open(storageKey);
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
    return await refuse(context, row, "it is gone");
  }
}

/** Throws: the file is not what was written, and somebody has to look why. */
async function refuse(
  { services: { sql }, company, clock, log }: CompanyContext,
  row: ExportRow,
  what: string,
): Promise<never> {
  const { id, runId } = row;
  await inTransaction(sql, async (tx) => {
    await markExportDamaged(tx, { companyId: company.id, id, now: clock.now() });
    await raiseAttention(tx, {
      companyId: company.id,
      kind: "export.damaged",
      key: String(id),
      title: `The file of export ${id} is not what was written`,
      detail: what,
      subjectType: "export",
      subjectId: id,
      ...(runId === null ? {} : { runId }),
    });
  });
  log.error({ exportId: id, key: row.storageKey }, `the file of an export is damaged: ${what}`);
  throw new Error(`the file of export ${id} is damaged: ${what}`);
}

async function digestOf(file: Readable): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(file, hash);
  return hash.digest("hex");
}
