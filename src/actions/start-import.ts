import type { CompanyRow } from "../db/companies.ts";
import type { Tx } from "../db/client.ts";
import { lockConnection, type ConnectionRow } from "../db/connections.ts";
import { recordEvent } from "../db/events.ts";
import {
  findLatestImport,
  insertImport,
  lockRunningImport,
  updateImport,
  type ImportRow,
  type PreviewCounts,
} from "../db/imports.ts";
import { cancelRun } from "../db/run-operations.ts";
import { Conflict } from "../errors.ts";
import type { OAuthProvider } from "../platform/oauth.ts";

interface Importing {
  company: Pick<CompanyRow, "id">;
  provider: OAuthProvider;
  userId: number | null;
  now: Date;
}

/**
 * Begins an import of the connected account; the caller asks for its run. The counts of a preview stay
 * with it.
 *
 * @throws Conflict `not_connected`, or `import_in_progress` while one runs
 */
export async function startImport(
  tx: Tx,
  { company, provider, userId, now }: Importing,
  given: { selectedResources: readonly string[]; reimportExisting: boolean },
): Promise<ImportRow> {
  const key = { companyId: company.id, provider: provider.name };
  const { externalId } = await requireConnection(tx, key, provider);
  if ((await lockRunningImport(tx, key)) !== undefined) {
    throw new Conflict("Import is already in progress.", { code: "import_in_progress" });
  }
  const latest = await findLatestImport(tx, key);
  return await insertImport(tx, {
    ...key,
    account: externalId,
    status: "importing",
    selectedResources: [...given.selectedResources],
    reimportExisting: given.reimportExisting,
    preview: latest?.account === externalId ? latest.preview : null,
    progress: Object.fromEntries(given.selectedResources.map((name) => [name, 0])),
    userId,
    startedAt: now,
    now,
  });
}

/** Keeps what was counted over there. An import that runs is left as it is. */
export async function keepPreview(
  tx: Tx,
  { company, provider, userId, now }: Importing,
  { account, preview }: { account: string; preview: PreviewCounts },
): Promise<void> {
  const key = { companyId: company.id, provider: provider.name };
  // Whoever previews or imports at the same time waits here.
  await lockConnection(tx, key);
  const latest = await findLatestImport(tx, key);
  if (latest?.status === "importing") return;
  if (latest?.status === "previewing" && latest.account === account) {
    await updateImport(tx, latest, { preview, now });
    return;
  }
  await insertImport(tx, {
    ...key,
    account,
    status: "previewing",
    selectedResources: [],
    reimportExisting: false,
    preview,
    progress: {},
    userId,
    startedAt: null,
    now,
  });
}

/**
 * Ends an import that runs, and makes room for a new one: what was taken over stays, and is not taken
 * over twice. Its run stops before the next page.
 *
 * @throws Conflict `not_connected`
 */
export async function resetImport(
  tx: Tx,
  { company, provider, userId, now }: Importing,
): Promise<void> {
  const key = { companyId: company.id, provider: provider.name };
  await requireConnection(tx, key, provider);
  const latest = await findLatestImport(tx, key);
  if (latest === undefined || latest.status === "previewing" || latest.status === "reset") return;
  const running = await lockRunningImport(tx, key);
  await updateImport(tx, latest, { status: "reset", now });
  if (running === undefined) return;
  if (running.runId !== null) await cancelRun(tx, running.runId, "the import was reset");
  await recordEvent(tx, {
    companyId: company.id,
    type: "import.reset",
    subjectType: "import",
    subjectId: running.id,
    payload: { provider: provider.name, account: running.account, progress: running.progress },
    causerId: userId,
    occurredAt: now,
  });
}

async function requireConnection(
  tx: Tx,
  key: { companyId: number; provider: OAuthProvider["name"] },
  { title }: OAuthProvider,
): Promise<ConnectionRow & { externalId: string }> {
  const row = await lockConnection(tx, key);
  if (row === undefined || row.status === "disabled" || row.externalId === null) {
    throw new Conflict(`${title} is not connected.`, { code: "not_connected" });
  }
  return { ...row, externalId: row.externalId };
}
