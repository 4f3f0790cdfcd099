import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { requestExport } from "../../src/api/routes/exports/request-export.ts";
import type { Sql } from "../../src/db/client.ts";
import type { ExportFormat } from "../../src/db/export-rows.ts";
import { findExport, type ExportRow } from "../../src/db/exports.ts";
import { startProduct } from "../product.ts";
import { COMPANY_ID, USER_ID } from "./seed.ts";

export interface WrittenFile {
  /** From the transaction that asks for it to the record of the file in the storage. */
  seconds: number;
  rows: number;
  bytes: number;
  sha256: string;
  /** Of the worker, from its start to the end of this export. */
  peakMemoryMb: number;
}

const LOOK_EVERY_MS = 20;

/** Asks a scheduler and a worker of its own, with the settings they come with, for one file. */
export async function measureExport(
  sql: Sql,
  databaseUrl: string,
  format: ExportFormat,
): Promise<WrittenFile> {
  const dataDir = await mkdtemp(join(tmpdir(), "nightledger-bench-data-"));
  // Nothing is mailed; a worker wants to know a server all the same.
  const env = { DATABASE_URL: databaseUrl, DATA_DIR: dataDir, SMTP_URL: "smtp://127.0.0.1:9" };
  const scheduler = await startProduct("scheduler", env);
  try {
    const worker = await startProduct("worker", env);
    try {
      const startedAt = performance.now();
      const id = await ask(sql, format);
      const { rowCount, bytes, sha256 } = await untilWritten(sql, id);
      return {
        seconds: (performance.now() - startedAt) / 1_000,
        rows: Number(rowCount),
        bytes: Number(bytes),
        sha256: sha256!,
        peakMemoryMb: await worker.readPeakMemoryMb(),
      };
    } finally {
      await worker.stop();
    }
  } finally {
    await scheduler.stop();
    await rm(dataDir, { recursive: true });
  }
}

async function ask(sql: Sql, format: ExportFormat): Promise<number> {
  const filter = { companyId: COMPANY_ID, projectId: null, clientId: null, from: null, to: null };
  const { row } = await sql.begin((tx) =>
    requestExport(
      tx,
      { filter, format, resource: "time_entries" },
      {
        userId: USER_ID,
        keptDays: 7,
        trigger: { kind: "api" },
        traceId: "bench",
        now: new Date(),
      },
    ),
  );
  return row.id;
}

/** @throws Error when its run ended without the file */
async function untilWritten(sql: Sql, id: number): Promise<ExportRow> {
  for (;;) {
    const row = await findExport(sql, { companyId: COMPANY_ID, id });
    if (row!.completedAt !== null) return row!;
    const [run] = await sql<{ status: string }[]>`
      select status from job_runs where id = ${row!.runId}
    `;
    if (run?.status === "dead") throw new Error("the export could not be written");
    await delay(LOOK_EVERY_MS);
  }
}
