import { z } from "zod";
import type { ExportRow } from "../../../db/exports.ts";
import { exportResources } from "../../../db/export-rows.ts";
import { dateJson, instantJson, presentInstant } from "../../answers.ts";

export const exportFormats = ["csv", "json"] as const;

export const exportJson = z
  .object({
    id: z.int(),
    format: z.enum(exportFormats),
    resource: z.enum(exportResources).nullable().meta({ description: "null: all of them." }),
    project_id: z.int().nullable(),
    client_id: z.int().nullable(),
    from: dateJson.nullable(),
    to: dateJson.nullable(),
    status: z
      .enum(["pending", "completed", "damaged", "expired"])
      .meta({ description: "How a pending one stands says its run." }),
    run_id: z.uuid().nullable(),
    rows: z.int().nullable(),
    bytes: z.int().nullable(),
    sha256: z.string().nullable().meta({ description: "In hex, of the file." }),
    completed_at: instantJson.nullable(),
    expires_at: instantJson.nullable(),
    created_at: instantJson,
  })
  .meta({ id: "Export" });

/** @param now the machine's time: files are kept by it */
export function presentExport(row: ExportRow, now: Date): z.input<typeof exportJson> {
  return {
    id: row.id,
    format: row.format,
    resource: row.resource,
    project_id: row.projectId,
    client_id: row.clientId,
    from: row.dateFrom,
    to: row.dateTo,
    status: statusOf(row, now),
    run_id: row.runId,
    rows: row.rowCount === null ? null : Number(row.rowCount),
    bytes: row.bytes === null ? null : Number(row.bytes),
    sha256: row.sha256,
    completed_at: presentInstant(row.completedAt),
    expires_at: presentInstant(row.expiresAt),
    created_at: presentInstant(row.createdAt),
  };
}

export function statusOf(
  { expiresAt, damagedAt }: ExportRow,
  now: Date,
): z.input<typeof exportJson>["status"] {
  if (expiresAt === null) return "pending";
  if (expiresAt <= now) return "expired";
  return damagedAt === null ? "completed" : "damaged";
}
