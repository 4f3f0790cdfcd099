import type { Tx } from "../db/client.ts";
import { recordEvent } from "../db/events.ts";
import { forgetImportAmounts, recordDifferences, sumImportAmounts } from "../db/import-amounts.ts";
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

/**
 * Ends an import that has gone through its whole plan: adds up what is there and what is here, by
 * currency and status, and tells of each record that does not come to the same.
 */
export async function completeImport(
  tx: Tx,
  by: Pick<Acting, "now" | "causerId">,
  row: ImportRow,
): Promise<{ differing: number }> {
  const { now } = by;
  const { companyId, id: importId, provider, account } = row;
  const key = { companyId, importId, provider, account };
  const sums = await sumImportAmounts(tx, key);
  const differing = await recordDifferences(tx, { ...key, now });
  await forgetImportAmounts(tx, key);
  const reconciliation = {
    agrees: differing === 0,
    differing,
    sums: sums.map((sum) => ({
      kind: sum.kind,
      currency: sum.currency,
      status: sum.status,
      there: { count: sum.thereCount, amount: Number(sum.there) },
      here: { count: sum.hereCount, amount: Number(sum.here) },
    })),
  };
  await updateImport(tx, row, {
    status: "completed",
    completedAt: now,
    errorMessage: null,
    reconciliation,
    now,
  });
  await recordImportEvent(tx, by, row, "import.completed", { differing });
  return { differing };
}

/** An import's event, with how far it came. */
async function recordImportEvent(
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
