import type { Sql, Tx } from "./client.ts";

/** An app that people may let into their companies; `identifier` is what OAuth calls its client_id. */
export interface OAuthClientRow {
  id: number;
  ownerCompanyId: number;
  /** The name of the company that looks after it. */
  ownerName: string;
  identifier: string;
  name: string;
  website: string | null;
  /** Null for a public client. */
  secretHash: Buffer | null;
  redirectUris: string[];
  scopes: string[];
  createdAt: Date;
  updatedAt: Date;
}

/** What its owner decides about an app. */
export interface OAuthClientFields {
  name: string;
  website: string | null;
  redirectUris: readonly string[];
  scopes: readonly string[];
}

function columns(sql: Sql | Tx) {
  return sql`
    oauth_clients.id, oauth_clients.owner_company_id, companies.name as owner_name,
    oauth_clients.identifier, oauth_clients.name, oauth_clients.website, oauth_clients.secret_hash,
    oauth_clients.redirect_uris, oauth_clients.scopes, oauth_clients.created_at, oauth_clients.updated_at
  `;
}

export async function insertOAuthClient(
  tx: Tx,
  client: OAuthClientFields & {
    ownerCompanyId: number;
    createdBy: number;
    identifier: string;
    secretHash: Buffer | null;
    now: Date;
  },
): Promise<number> {
  const [row] = await tx<{ id: number }[]>`
    insert into oauth_clients (
      owner_company_id, created_by, identifier, name, website, secret_hash, redirect_uris, scopes,
      created_at, updated_at
    )
    values (
      ${client.ownerCompanyId}, ${client.createdBy}, ${client.identifier}, ${client.name},
      ${client.website}, ${client.secretHash}, ${[...client.redirectUris]}::text[],
      ${[...client.scopes]}::text[], ${client.now}, ${client.now}
    )
    returning id
  `;
  if (row === undefined) throw new Error("the app was not inserted");
  return row.id;
}

/**
 * The app that calls itself this, in whatever words (it is looked at here), whoever looks after it.
 * Not one whose company is gone.
 */
export async function findOAuthClient(
  sql: Sql | Tx,
  identifier: string,
): Promise<OAuthClientRow | undefined> {
  if (!/^app_[\w-]{22}$/.test(identifier)) return undefined;
  const [row] = await sql<OAuthClientRow[]>`
    select ${columns(sql)}
    from oauth_clients
    join companies on companies.id = oauth_clients.owner_company_id
    where oauth_clients.identifier = ${identifier}
      and oauth_clients.deleted_at is null
      and companies.deleted_at is null
  `;
  return row;
}

/** One of the apps that a company looks after. */
export async function findOwnOAuthClient(
  sql: Sql | Tx,
  key: { companyId: number; id: number },
): Promise<OAuthClientRow | undefined> {
  const [row] = await sql<OAuthClientRow[]>`${selectOwn(sql, key)}`;
  return row;
}

/** The same, locked. */
export async function lockOwnOAuthClient(
  tx: Tx,
  key: { companyId: number; id: number },
): Promise<OAuthClientRow | undefined> {
  const [row] = await tx<OAuthClientRow[]>`${selectOwn(tx, key)} for update of oauth_clients`;
  return row;
}

function selectOwn(sql: Sql | Tx, { companyId, id }: { companyId: number; id: number }) {
  return sql`
    select ${columns(sql)}
    from oauth_clients
    join companies on companies.id = oauth_clients.owner_company_id
    where oauth_clients.owner_company_id = ${companyId}
      and oauth_clients.id = ${id}
      and oauth_clients.deleted_at is null
  `;
}

/** The apps that a company looks after, oldest first. */
export async function listOAuthClients(
  sql: Sql | Tx,
  { companyId, limit, offset }: { companyId: number; limit: number; offset: number },
): Promise<OAuthClientRow[]> {
  return await sql<OAuthClientRow[]>`
    select ${columns(sql)}
    from oauth_clients
    join companies on companies.id = oauth_clients.owner_company_id
    where oauth_clients.owner_company_id = ${companyId} and oauth_clients.deleted_at is null
    order by oauth_clients.id
    limit ${limit} offset ${offset}
  `;
}

export async function countOAuthClients(sql: Sql | Tx, companyId: number): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from oauth_clients
    where owner_company_id = ${companyId} and deleted_at is null
  `;
  return row?.count ?? 0;
}

export async function updateOAuthClient(
  tx: Tx,
  id: number,
  client: OAuthClientFields & { now: Date },
): Promise<void> {
  await tx`
    update oauth_clients
    set name = ${client.name}, website = ${client.website},
      redirect_uris = ${[...client.redirectUris]}::text[], scopes = ${[...client.scopes]}::text[],
      updated_at = ${client.now}
    where id = ${id}
  `;
}

export async function setOAuthClientSecret(
  tx: Tx,
  id: number,
  { secretHash, now }: { secretHash: Buffer; now: Date },
): Promise<void> {
  await tx`
    update oauth_clients set secret_hash = ${secretHash}, updated_at = ${now} where id = ${id}
  `;
}

/** From now on nobody is let in by it, and what it holds is worth nothing. */
export async function markOAuthClientDeleted(
  tx: Tx,
  id: number,
  { now }: { now: Date },
): Promise<void> {
  await tx`update oauth_clients set deleted_at = ${now}, updated_at = ${now} where id = ${id}`;
}
