import type { Tx } from "../db/client.ts";
import { recordEvent } from "../db/events.ts";
import { lockImport, updateImport, type ImportRow } from "../db/imports.ts";
import type { Acting } from "./acting.ts";

/** Ends an import for now: it does not go on by itself. Nothing happens to one that does not run. */
export async function failImport(
  tx: Tx,
  { now, causerId }: Pick<Acting, "now" | "causerId">,
  key: { companyId: number; id: number },
  reason: string,
): Promise<void> {
  const row = await lockImport(tx, key);
  if (row?.status !== "importing") return;
  await updateImport(tx, row, { status: "failed", errorMessage: reason, completedAt: now, now });
  await recordImportEvent(tx, { now, causerId }, row, "import.failed", { reason });
}

/** An import's event, with how far it came. */
export async function recordImportEvent(
  tx: Tx,
  { now, causerId }: Pick<Acting, "now" | "causerId">,
  { companyId, id, provider, account, progress, tally }: ImportRow,
  type: "import.completed" | "import.failed",
  facts: Readonly<Record<string, unknown>>,
): Promise<void> {
  await recordEvent(tx, {
    companyId,
    type,
    subjectType: "import",
    subjectId: id,
    payload: { provider, account, progress, tally, ...facts },
    causerId,
    occurredAt: now,
  });
}
