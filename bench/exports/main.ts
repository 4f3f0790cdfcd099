import { openDatabase } from "../../src/db/client.ts";
import { migrate } from "../../src/db/migrate.ts";
import { buildProduct } from "../product.ts";
import { median, printFigure, round, tell } from "../report.ts";
import type { BenchServer } from "../server.ts";
import { measureCopy } from "./copy.ts";
import { measureExport, type WrittenFile } from "./ours.ts";
import { ENTRIES_DATA, seedEntries } from "./seed.ts";

const FORMATS = ["csv", "json"] as const;

/** Exports of many time entries into a file, beside PostgreSQL's own copy into a digest. */
export async function benchExports(
  server: BenchServer,
  { entries, repetitions }: { entries: number; repetitions: number },
): Promise<void> {
  buildProduct();
  const name = "exports";
  await server.createDatabase(name);
  const url = server.url(name);
  const sql = openDatabase({ url, connectionsMax: 2, applicationName: "bench" });
  const ours: Record<(typeof FORMATS)[number], WrittenFile[]> = { csv: [], json: [] };
  const copied: number[] = [];
  try {
    await migrate(sql);
    tell(`exports: making ${entries} time entries`);
    await seedEntries(sql, entries);
    await server.checkpoint();
    // Brings the table into memory; whoever is first would pay for it.
    await measureCopy(url);
    for (let repetition = 0; repetition < repetitions; repetition += 1) {
      copied.push(await measureCopy(url));
      for (const format of FORMATS) {
        const file = await measureExport(sql, url, format);
        if (file.rows !== entries) throw new Error(`${file.rows} rows of ${entries} were written`);
        ours[format].push(file);
      }
      const seconds = FORMATS.map((format) => `${format} ${round(ours[format].at(-1)!.seconds)}`);
      tell(`exports: copy ${round(copied.at(-1)!)} s, ${seconds.join(" s, ")} s`);
    }
  } finally {
    await sql.end();
    await server.dropDatabase(name);
  }
  const settings = {
    entries,
    repetitions,
    data: ENTRIES_DATA,
    order: "by turns",
    measured:
      "ours from the transaction that asks for the file to the record of it in the storage, by a scheduler and a worker of its own; " +
      "the peer is psql -c 'COPY (…) TO STDOUT' | sha256sum of the same columns, which keeps no file",
    postgres: server.settings,
  };
  for (const format of FORMATS) {
    const files = ours[format];
    if (new Set(files.map(({ sha256 }) => sha256)).size > 1) {
      throw new Error("the same records gave other bytes");
    }
    const seconds = files.map((file) => file.seconds);
    printFigure({
      name: `exports.${format}-to-copy-into-sha256sum`,
      value: median(copied) / median(seconds),
      unit: "ratio",
      // PostgreSQL's copy is CSV.
      target: format === "csv" ? { atLeast: 0.4 } : null,
      sides: {
        rowsPerSecond: seconds.map((each) => round(entries / each)),
        peerRowsPerSecond: copied.map((each) => round(entries / each)),
        bytes: files[0]!.bytes,
        sha256: files[0]!.sha256,
      },
      settings,
    });
    printFigure({
      name: `exports.${format}-worker-memory`,
      value: Math.max(...files.map(({ peakMemoryMb }) => peakMemoryMb)),
      unit: "MB",
      target: { under: 150 },
      sides: { peakMb: files.map(({ peakMemoryMb }) => round(peakMemoryMb)) },
      settings: {
        ...settings,
        measured: "VmHWM of the worker process, the most of all repetitions",
      },
    });
  }
}
