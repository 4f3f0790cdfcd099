import type { ProviderName } from "../platform/oauth.ts";
import type { Sql, Tx } from "./client.ts";

export type ConnectionStatus = "connected" | "needs_reauth" | "disabled";

export interface ConnectionRow {
  companyId: number;
  id: number;
  provider: ProviderName;
  status: ConnectionStatus;
  externalId: string | null;
  externalName: string | null;
  /** Sealed. */
  credentials: string | null;
  /** Sealed. */
  appCredentials: string | null;
  scopes: string[];
  accessExpiresAt: Date | null;
  refreshExpiresAt: Date | null;
  settings: Record<string, unknown>;
  /** Grows with each change of `credentials`. */
  version: number;
  connectedAt: Date | null;
  connectedBy: number | null;
  lastSuccessAt: Date | null;
  lastErrorAt: Date | null;
  lastErrorCode: string | null;
  lastErrorMessage: string | null;
  createdAt: Date;
  updatedAt: Date;
}

export interface ConnectionKey {
  companyId: number;
  provider: ProviderName;
}

function columns(sql: Sql | Tx) {
  return sql`
    company_id, id, provider, status, external_id, external_name, credentials, app_credentials,
    scopes, access_expires_at, refresh_expires_at, settings, version, connected_at, connected_by,
    last_success_at, last_error_at, last_error_code, last_error_message, created_at, updated_at
  `;
}

export async function findConnection(
  sql: Sql | Tx,
  { companyId, provider }: ConnectionKey,
): Promise<ConnectionRow | undefined> {
  const [row] = await sql<ConnectionRow[]>`
    select ${columns(sql)} from connections
    where company_id = ${companyId} and provider = ${provider}
  `;
  return row;
}

/** As `findConnection`; nobody else changes it until the transaction ends. */
export async function lockConnection(
  tx: Tx,
  { companyId, provider }: ConnectionKey,
): Promise<ConnectionRow | undefined> {
  const [row] = await tx<ConnectionRow[]>`
    select ${columns(tx)} from connections
    where company_id = ${companyId} and provider = ${provider}
    for update
  `;
  return row;
}

export async function listConnections(sql: Sql | Tx, companyId: number): Promise<ConnectionRow[]> {
  return await sql<ConnectionRow[]>`
    select ${columns(sql)} from connections where company_id = ${companyId} order by provider
  `;
}

/** The connections of an account over there, connected or parked: whom its messages are about. */
export async function findConnectionsOfAccount(
  sql: Sql | Tx,
  { provider, externalId }: { provider: ProviderName; externalId: string },
): Promise<ConnectionRow[]> {
  return await sql<ConnectionRow[]>`
    select ${columns(sql)} from connections
    where provider = ${provider} and external_id = ${externalId} and status <> 'disabled'
    order by company_id
  `;
}

/** The company's row for a provider, locked; a new one is disabled until it has credentials. */
export async function ensureConnection(
  tx: Tx,
  { companyId, provider, userId, now }: ConnectionKey & { userId: number | null; now: Date },
): Promise<ConnectionRow> {
  await tx`
    insert into connections (company_id, provider, status, created_by, created_at, updated_at)
    values (${companyId}, ${provider}, 'disabled', ${userId}, ${now}, ${now})
    on conflict (company_id, provider) do nothing
  `;
  const row = await lockConnection(tx, { companyId, provider });
  if (row === undefined) throw new Error("the connection was not inserted");
  return row;
}

/** Makes a connection work from here on: it is connected, checked, and its errors are forgotten. */
export async function connectRow(
  tx: Tx,
  { companyId, provider }: ConnectionKey,
  values: {
    externalId: string;
    externalName: string | null;
    /** Sealed. */
    credentials: string;
    scopes: readonly string[];
    accessExpiresAt: Date | null;
    refreshExpiresAt: Date | null;
    /** What is set already stays. */
    settings: Readonly<Record<string, unknown>>;
    userId: number | null;
    nextCheckAt: Date;
    now: Date;
  },
): Promise<void> {
  await tx`
    update connections
    set
      status = 'connected',
      external_id = ${values.externalId},
      external_name = ${values.externalName},
      credentials = ${values.credentials},
      scopes = ${[...values.scopes]}::text[],
      access_expires_at = ${values.accessExpiresAt},
      refresh_expires_at = ${values.refreshExpiresAt},
      settings = ${JSON.stringify(values.settings)}::text::jsonb || settings,
      version = version + 1,
      connected_at = ${values.now},
      connected_by = ${values.userId},
      last_success_at = ${values.now},
      last_error_at = null, last_error_code = null, last_error_message = null,
      next_check_at = ${values.nextCheckAt},
      updated_at = ${values.now}
    where company_id = ${companyId} and provider = ${provider}
  `;
}

/** Stores what a refresh granted. */
export async function renewRow(
  tx: Tx,
  { companyId, provider }: ConnectionKey,
  values: {
    /** Sealed. */
    credentials: string;
    accessExpiresAt: Date | null;
    refreshExpiresAt: Date | null;
    scopes: readonly string[];
    now: Date;
  },
): Promise<void> {
  await tx`
    update connections
    set
      credentials = ${values.credentials},
      access_expires_at = ${values.accessExpiresAt},
      refresh_expires_at = ${values.refreshExpiresAt},
      scopes = ${[...values.scopes]}::text[],
      version = version + 1,
      updated_at = ${values.now}
    where company_id = ${companyId} and provider = ${provider}
  `;
}

/** Only a person can make it work again. */
export async function parkRow(
  tx: Tx,
  { companyId, provider }: ConnectionKey,
  { code, message, now }: { code: string; message: string; now: Date },
): Promise<void> {
  await tx`
    update connections
    set
      status = 'needs_reauth',
      last_error_at = ${now}, last_error_code = ${code}, last_error_message = ${message},
      next_check_at = null,
      updated_at = ${now}
    where company_id = ${companyId} and provider = ${provider}
  `;
}

/** Forgets what we were entrusted with. The account's id, the settings and an own client stay. */
export async function disconnectRow(
  tx: Tx,
  { companyId, provider }: ConnectionKey,
  now: Date,
): Promise<void> {
  await tx`
    update connections
    set
      status = 'disabled', credentials = null, scopes = '{}',
      access_expires_at = null, refresh_expires_at = null, next_check_at = null,
      version = version + 1, updated_at = ${now}
    where company_id = ${companyId} and provider = ${provider}
  `;
}

/** @param appCredentials sealed */
export async function setAppCredentials(
  tx: Tx,
  { companyId, provider }: ConnectionKey,
  { appCredentials, now }: { appCredentials: string; now: Date },
): Promise<void> {
  await tx`
    update connections set app_credentials = ${appCredentials}, updated_at = ${now}
    where company_id = ${companyId} and provider = ${provider}
  `;
}

/** Changes the settings named, and leaves the others. */
export async function changeConnectionSettings(
  tx: Tx,
  { companyId, provider }: ConnectionKey,
  { settings, now }: { settings: Readonly<Record<string, unknown>>; now: Date },
): Promise<void> {
  await tx`
    update connections
    set settings = settings || ${JSON.stringify(settings)}::text::jsonb, updated_at = ${now}
    where company_id = ${companyId} and provider = ${provider}
  `;
}

/** It worked. Written at most once a minute, so that a busy connection costs no write per call. */
export async function recordConnectionSuccess(
  sql: Sql | Tx,
  { companyId, provider }: ConnectionKey,
  { now, externalName }: { now: Date; externalName?: string | null },
): Promise<void> {
  await sql`
    update connections
    set
      last_success_at = ${now},
      external_name = coalesce(${externalName ?? null}, external_name)
    where company_id = ${companyId} and provider = ${provider} and status = 'connected'
      and (last_success_at is null or last_success_at < ${now}::timestamptz - interval '1 minute'
        or last_error_at > last_success_at
        or ${externalName ?? null}::text <> coalesce(external_name, ''))
  `;
}

/** It did not, and nobody is to be called for that yet. */
export async function recordConnectionError(
  sql: Sql | Tx,
  { companyId, provider }: ConnectionKey,
  { now, code, message }: { now: Date; code: string; message: string },
): Promise<void> {
  await sql`
    update connections
    set last_error_at = ${now}, last_error_code = ${code}, last_error_message = ${message}
    where company_id = ${companyId} and provider = ${provider} and status = 'connected'
  `;
}

/** Connections that are to be checked now; each is taken once, and its next check is planned. */
export async function takeDueChecks(
  tx: Tx,
  { now, everyMs, limit }: { now: Date; everyMs: number; limit: number },
): Promise<{ companyId: number; provider: ProviderName; check: number }[]> {
  return await tx<{ companyId: number; provider: ProviderName; check: number }[]>`
    update connections
    set
      checks = connections.checks + 1,
      next_check_at = ${now}::timestamptz + ${everyMs}::float8 * interval '1 ms'
    from (
      select company_id, id from connections
      where status = 'connected' and next_check_at <= ${now}
      order by next_check_at
      limit ${limit}
      for update skip locked
    ) as due
    where connections.company_id = due.company_id and connections.id = due.id
    returning connections.company_id, connections.provider, connections.checks as "check"
  `;
}

/** Connections of companies with held runs that need not wait for them any more. */
export async function listReleasable(sql: Sql | Tx, limit: number): Promise<ConnectionKey[]> {
  return await sql<ConnectionKey[]>`
    select distinct company_id, provider
    from job_runs
    where status = 'held' and provider is not null
      and not exists (
        select from connections
        where connections.company_id = job_runs.company_id
          and connections.provider = job_runs.provider
          and connections.status = 'needs_reauth'
      )
    limit ${limit}
  `;
}
