import type { Tx } from "../../../db/client.ts";
import { lockCompany } from "../../../db/companies.ts";
import {
  findPendingExport,
  insertExport,
  setExportRun,
  type ExportRow,
} from "../../../db/exports.ts";
import type { RunTrigger } from "../../../db/run-enqueue.ts";
import { writeExportFile } from "../../../jobs/exports/write-export-file.ts";
import { enqueue } from "../../../queue/enqueue.ts";
import type { ExportRequest } from "../../../actions/write-export.ts";

/** Asks for an export into the file storage. The same one, while it is being written, is not asked for twice. */
export async function requestExport(
  tx: Tx,
  { filter, format, resource }: ExportRequest,
  by: {
    userId: number;
    keptDays: number;
    trigger: RunTrigger;
    traceId: string;
    /** The machine's: files are kept by it. */
    now: Date;
  },
): Promise<{ row: ExportRow; runId: string }> {
  const { companyId, projectId, clientId, from, to } = filter;
  const wanted = {
    companyId,
    format,
    resource,
    projectId,
    clientId,
    dateFrom: from,
    dateTo: to,
    userId: by.userId,
    keptDays: by.keptDays,
    createdAt: by.now,
  };
  // One after the other, so that two at once do not both find none.
  await lockCompany(tx, companyId);
  const pending = await findPendingExport(tx, wanted);
  if (pending !== undefined && pending.runId !== null)
    return { row: pending, runId: pending.runId };
  const row = await insertExport(tx, wanted);
  const { trigger, traceId } = by;
  const { runId } = await enqueue(
    tx,
    writeExportFile,
    { companyId, exportId: row.id },
    { trigger, traceId },
  );
  await setExportRun(tx, { companyId, id: row.id, runId });
  return { row, runId };
}
