import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { COMPANY_ID } from "./seed.ts";

/** Columns of the export, as the table has them. */
const COLUMNS = [
  "id",
  "user_id",
  "client_id",
  "project_id",
  "service_id",
  "date",
  "duration",
  "started_at",
  "ended_at",
  "is_billable",
  "is_billed",
  "invoice_id",
  "hourly_rate",
  "notes",
  "created_at",
  "updated_at",
  "task_id",
];

const COPY =
  `copy (select ${COLUMNS.join(", ")} from time_entries ` +
  `where company_id = ${COMPANY_ID} and deleted_at is null order by id) to stdout (format csv)`;

/** Seconds of `psql -c "COPY … TO STDOUT" | sha256sum`, both from the path. */
export async function measureCopy(databaseUrl: string): Promise<number> {
  const startedAt = performance.now();
  const copy = spawn("psql", [databaseUrl, "-Xqc", COPY], { stdio: ["ignore", "pipe", "inherit"] });
  const sum = spawn("sha256sum", { stdio: [copy.stdout, "pipe", "inherit"] });
  // Whoever holds the end of a pipe that nobody reads keeps the other side waiting.
  copy.stdout.destroy();
  const digest = await text(sum.stdout);
  if (!/^[0-9a-f]{64} /.test(digest)) throw new Error(`sha256sum said ${JSON.stringify(digest)}`);
  return (performance.now() - startedAt) / 1_000;
}
