import { recordAudit } from "../db/audit.ts";
import type { CompanyRow } from "../db/companies.ts";
import {
  disconnectRow,
  findConnection,
  lockConnection,
  type ConnectionRow,
} from "../db/connections.ts";
import { recordEvent } from "../db/events.ts";
import { releaseHeld } from "../db/run-operations.ts";
import { inTransaction } from "../db/transaction.ts";
import { Conflict, errorText } from "../errors.ts";
import type { OAuthProvider } from "../platform/oauth.ts";
import { redactText } from "../platform/redact.ts";
import { storableText } from "../platform/storable-text.ts";
import { settleConnectionItems } from "./connection-attention.ts";
import { openCredentials } from "./connection-secrets.ts";
import { appOf, type ConnectionUser } from "./use-connection.ts";

const REVOKE_TIMEOUT_MS = 10_000;

/**
 * Ends a connection: withdraws the grant at the provider, as far as it can be reached, and forgets the
 * credentials in any case. Whether it was withdrawn, and why not, is kept with the event. Runs held
 * for the connection go on, to find out that there is none.
 *
 * @throws Conflict when the company is not connected
 */
export async function disconnectProvider(
  user: ConnectionUser,
  {
    provider,
    company,
    userId,
    requestId,
  }: {
    provider: OAuthProvider;
    company: Pick<CompanyRow, "id" | "testNow">;
    userId: number;
    requestId: string;
  },
): Promise<void> {
  const key = { companyId: company.id, provider: provider.name };
  const found = await findConnection(user.sql, key);
  if (found === undefined || found.status === "disabled") throw notConnected(provider);
  const failure = await revoke(user, provider, found);

  await inTransaction(user.sql, async (tx) => {
    const row = await lockConnection(tx, key);
    if (row === undefined || row.status === "disabled") throw notConnected(provider);
    const now = user.clock.now();
    await disconnectRow(tx, key, now);
    await settleConnectionItems(tx, key, "disconnected");
    await releaseHeld(tx, company.id, { provider: provider.name });
    await recordEvent(tx, {
      companyId: company.id,
      type: "connection.disconnected",
      subjectType: "connection",
      subjectId: row.id,
      payload: {
        provider: provider.name,
        account: row.externalId,
        revoked: failure === undefined,
        ...(failure === undefined ? {} : { revoke_error: failure }),
      },
      causerId: userId,
      occurredAt: company.testNow ?? now,
    });
    await recordAudit(tx, {
      companyId: company.id,
      userId,
      action: "connection.disconnected",
      subjectType: "connection",
      subjectId: row.id,
      details: { provider: provider.name, revoked: failure === undefined },
      requestId,
    });
  });
}

function notConnected({ title }: OAuthProvider): Conflict {
  return new Conflict(`${title} is not connected.`, { code: "not_connected" });
}

/** Undefined when the grant is withdrawn, else why it is not: that is for the owner to do over there. */
async function revoke(
  user: ConnectionUser,
  provider: OAuthProvider,
  row: ConnectionRow,
): Promise<string | undefined> {
  try {
    const credentials = openCredentials(user.connectors.connections.keys, row);
    if (credentials === undefined) return undefined;
    await provider.revoke({
      app: appOf(user, provider, row),
      credentials,
      externalId: row.externalId ?? "",
      signal: AbortSignal.timeout(REVOKE_TIMEOUT_MS),
    });
    return undefined;
  } catch (error) {
    return storableText(redactText(errorText(error)), 500);
  }
}
