import type { CompanyRow } from "../db/companies.ts";
import {
  connectRow,
  ensureConnection,
  setAppCredentials,
  type ConnectionRow,
} from "../db/connections.ts";
import type { Tx } from "../db/client.ts";
import { recordEvent } from "../db/events.ts";
import { releaseHeld } from "../db/run-operations.ts";
import { lockTestClock } from "../db/test-clocks.ts";
import { Conflict } from "../errors.ts";
import type { NewGrant, OAuthApp, OAuthProvider } from "../platform/oauth.ts";
import type { KeyRing } from "../platform/sealing.ts";
import { settleConnectionItems } from "./connection-attention.ts";
import { sealApp, sealCredentials } from "./connection-secrets.ts";

/** How often a connection that nobody uses is tried, in milliseconds. */
export const CHECK_EVERY_MS = 6 * 3_600_000;

/**
 * Keeps what a provider granted: the connection works from here on, what was held for it goes on, and
 * its attention item is done with.
 *
 * @param now the machine's clock: grants end by it
 * @throws Conflict for a company with a test clock, unless the provider is a sandbox
 */
export async function connectProvider(
  tx: Tx,
  {
    keys,
    provider,
    company,
    grant,
    redirectUri,
    userId,
    now,
  }: {
    keys: KeyRing;
    provider: OAuthProvider;
    company: Pick<CompanyRow, "id">;
    grant: NewGrant;
    redirectUri: string;
    /** Who agreed over there. */
    userId: number | null;
    now: Date;
  },
): Promise<void> {
  const clock = await lockTestClock(tx, company.id);
  assertMayConnect(provider, clock);
  const key = { companyId: company.id, provider: provider.name };
  const row = await ensureConnection(tx, { ...key, userId, now });
  await connectRow(tx, key, {
    externalId: grant.externalId,
    externalName: grant.externalName,
    credentials: sealCredentials(keys, row, {
      accessToken: grant.accessToken,
      refreshToken: grant.refreshToken,
      redirectUri,
    }),
    scopes: grant.scopes ?? provider.scopes,
    accessExpiresAt: endOf(grant.accessEndsInMs, now),
    refreshExpiresAt: endOf(grant.refreshEndsInMs, now),
    settings: grant.settings ?? {},
    userId,
    nextCheckAt: new Date(now.getTime() + CHECK_EVERY_MS),
    now,
  });
  await settleConnectionItems(tx, key, "connected again");
  const released = await releaseHeld(tx, company.id, { provider: provider.name });
  await recordEvent(tx, {
    companyId: company.id,
    type: "connection.connected",
    subjectType: "connection",
    subjectId: row.id,
    payload: {
      provider: provider.name,
      account: grant.externalId,
      account_name: grant.externalName,
      ...otherAccount(row, grant),
      released_runs: released,
    },
    causerId: userId,
    occurredAt: clock.testNow ?? now,
  });
}

/**
 * Keeps the client a company has registered at a provider for itself. It outlives a disconnect.
 *
 * @param now the machine's clock
 */
export async function saveCompanyApp(
  tx: Tx,
  {
    keys,
    provider,
    companyId,
    app,
    userId,
    now,
  }: {
    keys: KeyRing;
    provider: OAuthProvider;
    companyId: number;
    app: OAuthApp;
    userId: number | null;
    now: Date;
  },
): Promise<void> {
  const key = { companyId, provider: provider.name };
  const row = await ensureConnection(tx, { ...key, userId, now });
  await setAppCredentials(tx, key, { appCredentials: sealApp(keys, row, app), now });
}

/**
 * Nothing that a test company makes up may reach somebody's real books.
 *
 * @throws Conflict when it would
 */
export function assertMayConnect(
  provider: Pick<OAuthProvider, "isReal" | "title">,
  { testNow }: { testNow: Date | null },
): void {
  if (testNow === null || !provider.isReal) return;
  throw new Conflict(
    `A company with a test clock cannot be connected to ${provider.title} itself, only to a sandbox.`,
    { code: "test_company" },
  );
}

/** When something granted for so long ends. */
export function endOf(endsInMs: number | null, now: Date): Date | null {
  return endsInMs === null ? null : new Date(now.getTime() + endsInMs);
}

function otherAccount(row: ConnectionRow, grant: NewGrant): { previous_account?: string } {
  const { externalId } = row;
  return externalId === null || externalId === grant.externalId
    ? {}
    : { previous_account: externalId };
}
