import { randomUUID } from "node:crypto";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { writeExport, type WrittenExport } from "../../actions/write-export.ts";
import { findCompany } from "../../db/companies.ts";
import { recordEvent } from "../../db/events.ts";
import { completeExport, findExport, type ExportRow } from "../../db/exports.ts";
import { announceFile, keepFileUntil } from "../../db/files-to-delete.ts";
import { inTransaction } from "../../db/transaction.ts";
import { defineJob, done, skipped, type JobContext } from "../define-job.ts";

const DAY_MS = 24 * 3_600_000;

/**
 * Writes an export into the file storage. An attempt that died leaves a file that nobody names, which is
 * deleted an hour later; the next one writes the whole anew, as the records are then.
 */
export const writeExportFile = defineJob({
  name: "exports.write-file",
  queue: "default",
  payload: z.object({ companyId: z.int(), exportId: z.int() }),
  retry: { attempts: 5, delayMsFirst: 5_000, delayMsMax: 300_000 },
  timeoutMs: 2 * 3_600_000,
  idempotencyKey: ({ companyId, exportId }) => `${companyId}/${exportId}`,

  async run(ctx, { companyId, exportId }) {
    const row = await findExport(ctx.sql, { companyId, id: exportId });
    if (row === undefined) return skipped("the export is gone");
    if (row.completedAt !== null) return skipped("the file is written");
    const folder = await mkdtemp(join(tmpdir(), "nightledger-export-"));
    try {
      const path = join(folder, "file");
      const written = await writeTo(ctx, path, row);
      const key = `companies/${companyId}/exports/${randomUUID()}.${row.format}`;
      // A row is there before the file is, so that no crash leaves one unknown.
      await announceFile(ctx.sql, { companyId, key });
      ctx.signal.throwIfAborted();
      await ctx.storage.putFile(key, path);
      const isFirst = await complete(ctx, row, key, written);
      return isFirst
        ? done({ export_id: exportId, ...written })
        : skipped("another attempt has written the file");
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
});

async function writeTo(ctx: JobContext, path: string, row: ExportRow): Promise<WrittenExport> {
  const { companyId, projectId, clientId, dateFrom, dateTo, format, resource } = row;
  const filter = { companyId, projectId, clientId, from: dateFrom, to: dateTo };
  const file = await open(path, "wx", 0o600);
  try {
    return await writeExport(
      ctx.sql,
      { filter, format, resource },
      {
        write: async (bytes) => await file.appendFile(bytes),
        signal: ctx.signal,
        onProgress: ctx.progress,
      },
    );
  } finally {
    await file.close();
  }
}

async function complete(
  ctx: JobContext,
  row: ExportRow,
  key: string,
  { bytes, rows, sha256 }: WrittenExport,
): Promise<boolean> {
  const { companyId, id } = row;
  const now = ctx.clock.now();
  const expiresAt = new Date(now.getTime() + row.keptDays * DAY_MS);
  const company = await findCompany(ctx.sql, companyId);
  return await inTransaction(ctx.sql, async (tx) => {
    const file = {
      storageKey: key,
      bytes: BigInt(bytes),
      rowCount: BigInt(rows),
      sha256,
      expiresAt,
    };
    if (!(await completeExport(tx, row, { ...file, now }))) return false;
    await keepFileUntil(tx, { companyId, key, until: expiresAt });
    await recordEvent(tx, {
      companyId,
      type: "export.completed",
      subjectType: "export",
      subjectId: id,
      payload: { format: row.format, resource: row.resource, rows, bytes, sha256 },
      causerId: row.userId,
      occurredAt: company?.testNow ?? now,
    });
    return true;
  });
}
