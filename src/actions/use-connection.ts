import {
  findConnection,
  recordConnectionError,
  recordConnectionSuccess,
  renewRow,
} from "../db/connections.ts";
import { lockConnection, type ConnectionKey, type ConnectionRow } from "../db/connections.ts";
import type { Sql } from "../db/client.ts";
import { findCompany } from "../db/companies.ts";
import { inTransaction } from "../db/transaction.ts";
import {
  ConnectionRevoked,
  errorText,
  type Failure,
  ProviderRejected,
  ProviderUnavailable,
  WriteUnconfirmed,
} from "../errors.ts";
import type { Clock } from "../platform/clock.ts";
import type {
  ConnectionServices,
  Credentialed,
  Credentials,
  Grant,
  OAuthApp,
  OAuthProvider,
} from "../platform/oauth.ts";
import { redactText } from "../platform/redact.ts";
import { wait } from "../platform/wait.ts";
import { openApp, openCredentials, sealCredentials } from "./connection-secrets.ts";
import { endOf } from "./connect-provider.ts";
import { parkConnection } from "./park-connection.ts";

/** Renewed so long before it ends, so that it does not end under way. */
const EXPIRY_MARGIN_MS = 60_000;
/** Before a refresh whose answer was lost is asked for again. */
const RETRY_MS = 500;
const REFRESH_TIMEOUT_MS = 30_000;

/** What it takes to use a connection; a job's context is one. */
export interface ConnectionUser {
  readonly sql: Sql;
  /** The machine's: tokens end by it. */
  readonly clock: Clock;
  readonly connectors: { readonly connections: ConnectionServices };
  readonly signal: AbortSignal;
}

/** A connection that works, while `withConnection` lasts. */
export interface OpenConnection {
  readonly companyId: number;
  readonly id: number;
  /** The account over there. */
  readonly externalId: string;
  readonly externalName: string | null;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly scopes: readonly string[];
  /**
   * One call of the provider with an access token that is valid now. A call that is refused with
   * `ConnectionRevoked` is made once more with a token fetched anew: nothing of it had an effect.
   */
  call<Result>(request: (accessToken: string) => Promise<Result>): Promise<Result>;
}

/**
 * Works with a company's connection. When the provider refuses it for good, the connection is parked
 * (see `parkConnection`) and the error goes on to the caller: a job's run is held by it.
 *
 * @throws ConnectionRevoked when the company is not connected, or has to connect again
 */
export async function withConnection<Result>(
  user: ConnectionUser,
  key: ConnectionKey,
  work: (connection: OpenConnection) => Promise<Result>,
): Promise<Result> {
  const provider = providerOf(user, key);
  const row = await getUsable(user, key, provider);
  // The version that was used last: what is refused is those credentials, not newer ones.
  let { version } = row;
  const connection: OpenConnection = {
    companyId: row.companyId,
    id: row.id,
    externalId: row.externalId ?? "",
    externalName: row.externalName,
    settings: row.settings,
    scopes: row.scopes,
    async call(request) {
      const access = await getAccess(user, key, provider);
      version = access.version;
      try {
        return await request(access.accessToken);
      } catch (error) {
        if (!(error instanceof ConnectionRevoked) || provider.refresh === null) throw error;
        const newer = await getAccess(user, key, provider, { olderThan: version });
        version = newer.version;
        return await request(newer.accessToken);
      }
    },
  };
  try {
    const result = await work(connection);
    await recordConnectionSuccess(user.sql, key, { now: user.clock.now() });
    return result;
  } catch (error) {
    if (error instanceof ConnectionRevoked) {
      await parkRefused(user, key, { title: provider.title, version, error });
    } else if (isTrouble(error)) {
      await recordConnectionError(user.sql, key, {
        now: user.clock.now(),
        code: error.code,
        message: redactText(error.message),
      });
    }
    throw error;
  }
}

/** What the provider did to us, as against what the work itself found wrong. */
function isTrouble(error: unknown): error is Failure {
  return (
    error instanceof ProviderUnavailable ||
    error instanceof ProviderRejected ||
    error instanceof WriteUnconfirmed
  );
}

function providerOf({ connectors }: ConnectionUser, { provider }: ConnectionKey): OAuthProvider {
  const found = connectors.connections.providers.get(provider);
  if (found === undefined) throw new Error(`there is no provider ${provider}`);
  return found;
}

async function getUsable(
  { sql }: ConnectionUser,
  key: ConnectionKey,
  { title }: OAuthProvider,
): Promise<ConnectionRow> {
  const row = await findConnection(sql, key);
  if (row?.status === "connected") return row;
  throw new ConnectionRevoked(
    row?.status === "needs_reauth"
      ? `${title} has to be connected again.`
      : `${title} is not connected.`,
  );
}

interface Access {
  accessToken: string;
  version: number;
}

/** @param olderThan this version was refused: only newer credentials will do */
async function getAccess(
  user: ConnectionUser,
  key: ConnectionKey,
  provider: OAuthProvider,
  { olderThan }: { olderThan?: number } = {},
): Promise<Access> {
  const row = await getUsable(user, key, provider);
  if (isFresh(row, user.clock, olderThan)) return accessOf(user, row);
  return await refreshOnce(user, key, provider, olderThan);
}

function isFresh(row: ConnectionRow, clock: Clock, refusedVersion: number | undefined): boolean {
  if (refusedVersion !== undefined && row.version <= refusedVersion) return false;
  const { accessExpiresAt } = row;
  return (
    accessExpiresAt === null || accessExpiresAt.getTime() - clock.now().getTime() > EXPIRY_MARGIN_MS
  );
}

function accessOf({ connectors }: ConnectionUser, row: ConnectionRow): Access {
  const credentials = openCredentials(connectors.connections.keys, row);
  if (credentials === undefined) throw new ConnectionRevoked("It is not connected.");
  return { accessToken: credentials.accessToken, version: row.version };
}

/** Refreshes under way in this process: whoever needs one meanwhile shares it, and no database connection. */
const underWay = new WeakMap<Sql, Map<string, Promise<Access>>>();

async function refreshOnce(
  user: ConnectionUser,
  key: ConnectionKey,
  provider: OAuthProvider,
  refusedVersion: number | undefined,
): Promise<Access> {
  const here = underWay.get(user.sql) ?? new Map<string, Promise<Access>>();
  underWay.set(user.sql, here);
  const name = `${key.companyId}/${key.provider}`;
  const known = here.get(name);
  if (known !== undefined) return await known;
  const refreshing = refresh(user, key, provider, refusedVersion).finally(() => here.delete(name));
  here.set(name, refreshing);
  return await refreshing;
}

/**
 * One refresh at a time, whichever process asks: the row stays locked from the question to the stored
 * answer, so that a token which can be used once is used once. The new tokens are committed before
 * anybody uses them.
 */
async function refresh(
  user: ConnectionUser,
  key: ConnectionKey,
  provider: OAuthProvider,
  refusedVersion: number | undefined,
): Promise<Access> {
  const { clock } = user;
  const { keys } = user.connectors.connections;
  // Not the caller's signal: a refresh that has begun is brought to its end.
  const signal = AbortSignal.timeout(REFRESH_TIMEOUT_MS);
  // Not inTransaction, which would ask the provider again after a collision.
  const ended = await user.sql.begin(async (tx): Promise<Access | Refused> => {
    const row = await lockConnection(tx, key);
    if (row?.status !== "connected")
      throw new ConnectionRevoked(`${provider.title} is not connected.`);
    // Somebody else was quicker.
    if (isFresh(row, clock, refusedVersion)) return accessOf(user, row);
    const credentials = openCredentials(keys, row);
    if (credentials === undefined || provider.refresh === null) {
      return {
        error: new ConnectionRevoked("Its access cannot be renewed."),
        version: row.version,
      };
    }
    const request: Credentialed = {
      app: appOf(user, provider, row),
      credentials,
      externalId: row.externalId ?? "",
      signal,
    };
    try {
      const grant = await askTwice(provider.refresh, request);
      await renewRow(tx, key, renewed(user, row, credentials, grant));
      return { accessToken: grant.accessToken, version: row.version + 1 };
    } catch (error) {
      if (!(error instanceof ConnectionRevoked)) throw error;
      return { error, version: row.version };
    }
  });
  if (!("error" in ended)) return ended;
  await parkRefused(user, key, { title: provider.title, ...ended });
  throw ended.error;
}

interface Refused {
  error: ConnectionRevoked;
  version: number;
}

/**
 * A refresh whose answer was lost may have used the token up, or not: the same token is tried once
 * more. When that is refused, only a person can help; when it is lost too, later is another chance.
 */
async function askTwice(
  ask: (request: Credentialed) => Promise<Grant>,
  request: Credentialed,
): Promise<Grant> {
  try {
    return await ask(request);
  } catch (error) {
    if (!(error instanceof WriteUnconfirmed)) throw error;
  }
  await wait(RETRY_MS, request.signal);
  try {
    return await ask(request);
  } catch (error) {
    if (!(error instanceof WriteUnconfirmed)) throw error;
    throw new ProviderUnavailable(errorText(error), { cause: error });
  }
}

function renewed(
  { connectors, clock }: ConnectionUser,
  row: ConnectionRow,
  credentials: Credentials,
  grant: Grant,
): Parameters<typeof renewRow>[2] {
  const now = clock.now();
  return {
    credentials: sealCredentials(connectors.connections.keys, row, {
      ...credentials,
      accessToken: grant.accessToken,
      refreshToken: grant.refreshToken ?? credentials.refreshToken,
    }),
    accessExpiresAt: endOf(grant.accessEndsInMs, now),
    refreshExpiresAt: endOf(grant.refreshEndsInMs, now) ?? row.refreshExpiresAt,
    scopes: grant.scopes ?? row.scopes,
    now,
  };
}

/** The company's own client, or ours. */
export function appOf(
  { connectors }: { connectors: { connections: ConnectionServices } },
  provider: OAuthProvider,
  row: Pick<ConnectionRow, "companyId" | "provider" | "id" | "appCredentials">,
): OAuthApp {
  const own = provider.usesCompanyApp ? openApp(connectors.connections.keys, row) : provider.app;
  if (own === undefined || own === null) {
    throw new ConnectionRevoked(`There is no client for ${provider.title} any more.`);
  }
  return own;
}

/** Parks a connection whose credentials of this version were refused; newer ones are left alone. */
export async function parkRefused(
  { sql, clock }: Pick<ConnectionUser, "sql" | "clock">,
  { companyId, provider }: ConnectionKey,
  { title, version, error }: { title: string; version: number; error: ConnectionRevoked },
): Promise<void> {
  const company = await findCompany(sql, companyId);
  const now = clock.now();
  await inTransaction(sql, (tx) =>
    parkConnection(
      tx,
      { companyId, provider, title },
      {
        version,
        code: error.code,
        reason: redactText(error.message),
        now,
        occurredAt: company?.testNow ?? now,
      },
    ),
  );
}
