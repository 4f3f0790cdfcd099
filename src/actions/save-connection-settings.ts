import { recordAudit } from "../db/audit.ts";
import type { Tx } from "../db/client.ts";
import { changeConnectionSettings, lockConnection, type ConnectionRow } from "../db/connections.ts";
import { recordEvent } from "../db/events.ts";
import { Conflict } from "../errors.ts";
import type { OAuthProvider } from "../platform/oauth.ts";
import type { Acting } from "./acting.ts";

type Settings = Readonly<Record<string, unknown>>;

/**
 * Changes what a company says about its work with a provider. Returns all settings.
 *
 * @throws Conflict `not_connected`: settings name things of an account
 */
export async function saveConnectionSettings(
  tx: Tx,
  by: Acting,
  {
    provider,
    settings: settingsOf,
    apiTokenId,
    requestId,
  }: {
    provider: Pick<OAuthProvider, "name" | "title">;
    /** Those that change, of a connection as it is. */
    settings: (connection: Pick<ConnectionRow, "settings" | "externalId">) => Settings;
    apiTokenId: number | null;
    requestId: string;
  },
): Promise<Pick<ConnectionRow, "settings" | "externalId">> {
  const companyId = by.company.id;
  const key = { companyId, provider: provider.name };
  const row = await lockConnection(tx, key);
  if (row === undefined || row.status === "disabled") {
    throw new Conflict(`${provider.title} is not connected.`, { code: "not_connected" });
  }
  const settings = settingsOf(row);
  await changeConnectionSettings(tx, key, { settings, now: by.now });
  const subject = { companyId, subjectType: "connection", subjectId: row.id };
  const changed = Object.keys(settings);
  await recordEvent(tx, {
    ...subject,
    type: "connection.settings_updated",
    payload: { provider: provider.name, changed },
    causerId: by.causerId,
    occurredAt: by.now,
  });
  await recordAudit(tx, {
    ...subject,
    userId: by.causerId,
    apiTokenId,
    action: "connection.settings-updated",
    details: { provider: provider.name, fields: changed },
    requestId,
  });
  return { externalId: row.externalId, settings: { ...row.settings, ...settings } };
}
