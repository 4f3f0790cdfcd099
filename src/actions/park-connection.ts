import { lockConnection, parkRow, type ConnectionKey } from "../db/connections.ts";
import type { Tx } from "../db/client.ts";
import { recordEvent } from "../db/events.ts";
import { holdRuns } from "../db/run-operations.ts";
import { raiseNeedsReauth } from "./connection-attention.ts";
import type { OAuthProvider } from "../platform/oauth.ts";
import { storableText } from "../platform/storable-text.ts";

const REASON_LENGTH_MAX = 500;

/**
 * Parks a connection that the provider does not let us use any more (case I5): its waiting runs are
 * held, one attention item is raised and one event left. False when there is nothing to park: it is
 * parked or disconnected already, or has other credentials by now than those that were refused.
 *
 * @param version of the credentials that were refused
 * @param now the machine's clock
 * @param occurredAt the company's
 */
export async function parkConnection(
  tx: Tx,
  { companyId, provider, title }: ConnectionKey & Pick<OAuthProvider, "title">,
  {
    version,
    code,
    reason,
    now,
    occurredAt,
  }: { version: number; code: string; reason: string; now: Date; occurredAt: Date },
): Promise<boolean> {
  const key = { companyId, provider };
  const row = await lockConnection(tx, key);
  if (row?.status !== "connected" || row.version !== version) return false;
  const message = storableText(reason, REASON_LENGTH_MAX);
  await parkRow(tx, key, { code: storableText(code, 100), message, now });
  await holdRuns(tx, { ...key, reason: `${title} has to be connected again` });
  await raiseNeedsReauth(tx, { ...key, id: row.id, title, detail: message });
  await recordEvent(tx, {
    companyId,
    type: "connection.needs_reauth",
    subjectType: "connection",
    subjectId: row.id,
    payload: { provider, reason: message },
    occurredAt,
  });
  return true;
}
