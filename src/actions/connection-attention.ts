import { raiseAttention, settleAttention } from "../db/attention.ts";
import { findConnection, type ConnectionKey } from "../db/connections.ts";
import type { Tx } from "../db/client.ts";

/** So long before its end an admin is told, in milliseconds: two weeks. */
const NOTICE_MS = 14 * 86_400_000;

/** Somebody has to connect again: the provider does not let us in any more. */
export async function raiseNeedsReauth(
  tx: Tx,
  {
    companyId,
    provider,
    id,
    title,
    detail,
  }: ConnectionKey & { id: number; title: string; detail: string },
): Promise<void> {
  await raiseAttention(tx, {
    companyId,
    kind: "connection.needs-reauth",
    key: provider,
    title: `${title} has to be connected again`,
    detail,
    subjectType: "connection",
    subjectId: id,
  });
}

/**
 * Tells two weeks ahead that a connection will end whatever we do: what a provider grants for a fixed
 * time is not prolonged by using it.
 *
 * @param now the machine's clock
 */
export async function noticeEnd(
  tx: Tx,
  key: ConnectionKey,
  { title, now }: { title: string; now: Date },
): Promise<void> {
  const row = await findConnection(tx, key);
  const endsAt = row?.status === "connected" ? row.refreshExpiresAt : null;
  const item = { companyId: key.companyId, kind: "connection.ends-soon", key: key.provider };
  if (row === undefined || endsAt === null || endsAt.getTime() - now.getTime() > NOTICE_MS) {
    await settleAttention(tx, { ...item, resolution: "it lasts" });
    return;
  }
  const day = endsAt.toISOString().slice(0, 10);
  await raiseAttention(tx, {
    ...item,
    title: `The connection to ${title} ends on ${day}`,
    detail: "Connect again before that day; until then everything goes on.",
    subjectType: "connection",
    subjectId: row.id,
  });
}

/** Nothing about this connection waits for a person any more. */
export async function settleConnectionItems(
  tx: Tx,
  { companyId, provider }: ConnectionKey,
  resolution: string,
): Promise<void> {
  for (const kind of ["connection.needs-reauth", "connection.ends-soon"]) {
    await settleAttention(tx, { companyId, kind, key: provider, resolution });
  }
}
