import { z } from "zod";
import { resources } from "../../../connectors/freshbooks/resources.ts";
import type { ConnectionRow } from "../../../db/connections.ts";
import type { ImportRow } from "../../../db/imports.ts";
import type { Conflict } from "../../../errors.ts";
import { errorJson, instantJson, presentInstant, type Answer } from "../../answers.ts";
import type { PublicContext } from "../../context.ts";

export const messageJson = z.object({ data: z.object({ message: z.string() }) });

export function messageAnswer(message: string, status = 200): Answer {
  return { status, body: { data: { message } } };
}

/** An error as every other, with its message once more where the contract has it. */
export const refusalJson = errorJson.extend({ data: z.object({ message: z.string() }) });

/** Where the contract wants another status than the failure's own. */
export function refuse(
  { requestId }: PublicContext,
  status: 409 | 422,
  { message, code }: Conflict,
): Answer {
  return {
    status,
    body: { message, code, errors: {}, request_id: requestId, data: { message } },
  };
}

const counts = z.record(z.string(), z.int().nullable());
const tallyJson = z.object({
  created: z.int(),
  updated: z.int(),
  unchanged: z.int(),
  refused: z.int(),
});

export const importStatusJson = z
  .object({
    status: z
      .enum([
        "disconnected",
        "connected",
        "needs_reauth",
        "previewing",
        "importing",
        "completed",
        "failed",
      ])
      .meta({ description: "Of the connection, or of the last import while there is one." }),
    progress: z
      .record(z.string(), z.int())
      .meta({ description: "Records looked at, by resource." }),
    preview_data: counts.nullable(),
    error_message: z.string().nullable(),
    started_at: instantJson.nullable(),
    completed_at: instantJson.nullable(),
    has_credentials: z.boolean(),
    has_tokens: z.boolean(),
    freshbooks_account_id: z.string().nullable(),
    selected_resources: z.array(z.string()),
    import_id: z.int().nullable(),
    run_id: z.uuid().nullable(),
    reimport_existing: z.boolean(),
    tally: z
      .record(z.string(), tallyJson)
      .meta({ description: "What became of the records, by resource." }),
    reconciliation: z.record(z.string(), z.unknown()).nullable().meta({
      description: "Sums by currency and status, there and here, of an import that ended.",
    }),
  })
  .meta({ id: "FreshBooksImport" });

const nothingYet = Object.fromEntries(Object.keys(resources).map((name) => [name, 0]));

/** How a company stands with FreshBooks: its connection, and the last import. */
export function presentImport(
  connection: ConnectionRow,
  row: ImportRow | undefined,
): z.input<typeof importStatusJson> {
  return {
    status: statusOf(connection, row),
    progress: { ...nothingYet, ...row?.progress },
    preview_data: row?.preview ?? null,
    error_message: row?.errorMessage ?? null,
    started_at: presentInstant(row?.startedAt ?? null),
    completed_at: presentInstant(row?.completedAt ?? null),
    has_credentials: connection.appCredentials !== null,
    has_tokens: connection.credentials !== null,
    freshbooks_account_id: connection.status === "disabled" ? null : connection.externalId,
    selected_resources: row?.selectedResources ?? [],
    import_id: row?.id ?? null,
    run_id: row?.runId ?? null,
    reimport_existing: row?.reimportExisting ?? false,
    tally: row?.tally ?? {},
    reconciliation: row?.reconciliation ?? null,
  };
}

function statusOf(
  { status }: ConnectionRow,
  row: ImportRow | undefined,
): z.input<typeof importStatusJson>["status"] {
  if (status === "disabled") return "disconnected";
  if (status === "needs_reauth") return "needs_reauth";
  if (row === undefined) return "connected";
  return row.status === "reset" ? "previewing" : row.status;
}
