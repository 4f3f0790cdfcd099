import { NotFound } from "../errors.ts";
import type { Sql, Tx } from "./client.ts";

export interface ClientRow {
  id: number;
  uuid: string;
  name: string;
  email: string | null;
  phone: string | null;
  addressLine1: string | null;
  addressLine2: string | null;
  city: string | null;
  state: string | null;
  postalCode: string | null;
  country: string | null;
  currency: string;
  /** Days; null follows the company's default. */
  paymentTerms: number | null;
  allowLateFees: boolean;
  notes: string | null;
  isArchived: boolean;
  createdAt: Date;
  updatedAt: Date;
}

/** What a person may set about a client. */
export type ClientFields = Omit<ClientRow, "id" | "uuid" | "createdAt" | "updatedAt">;

export interface ClientFilter {
  companyId: number;
  /** Part of the name or email, in any case. */
  search: string | undefined;
  isArchived: boolean | undefined;
  currency: string | undefined;
  country: string | undefined;
}

export const clientSortFields = ["name", "email", "created_at", "updated_at", "id"] as const;
export type ClientSortField = (typeof clientSortFields)[number];

export async function findClient(
  sql: Sql | Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<ClientRow | undefined> {
  const [row] = await sql<ClientRow[]>`
    select ${columns(sql)}
    from clients
    where company_id = ${companyId} and id = ${id} and deleted_at is null
  `;
  return row;
}

/** @throws NotFound */
export async function getClient(
  sql: Sql | Tx,
  key: { companyId: number; id: number },
): Promise<ClientRow> {
  const client = await findClient(sql, key);
  if (client === undefined) throw new NotFound("Client");
  return client;
}

/** Says when a client changed that is otherwise as it was. */
export async function touchClient(
  tx: Tx,
  { companyId, id, now }: { companyId: number; id: number; now: Date },
): Promise<ClientRow> {
  await tx`
    update clients set updated_at = ${now} where company_id = ${companyId} and id = ${id}
  `;
  return await getClient(tx, { companyId, id });
}

/** The oldest client of this very name and address that may be billed, in any case. */
export async function findTwinClient(
  sql: Sql | Tx,
  { companyId, name, email }: { companyId: number; name: string; email: string | null },
): Promise<number | undefined> {
  const [row] = await sql<{ id: number }[]>`
    select id
    from clients
    where company_id = ${companyId}
      and lower(name) = lower(${name})
      and lower(coalesce(email, '')) = lower(${email ?? ""})
      and not is_archived and deleted_at is null
    order by id
    limit 1
  `;
  return row?.id;
}

/** The client, locked against other changes of it and of its contacts. */
export async function lockClient(
  tx: Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<ClientRow | undefined> {
  const [row] = await tx<ClientRow[]>`
    select ${columns(tx)}
    from clients
    where company_id = ${companyId} and id = ${id} and deleted_at is null
    for no key update
  `;
  return row;
}

export async function listClients(
  sql: Sql | Tx,
  filter: ClientFilter & {
    sort: { field: ClientSortField; isDescending: boolean };
    limit: number;
    offset: number;
  },
): Promise<ClientRow[]> {
  const direction = filter.sort.isDescending ? sql`desc` : sql`asc`;
  return await sql<ClientRow[]>`
    select ${columns(sql)}
    from clients
    where ${matches(sql, filter)}
      ${filter.isArchived === undefined ? sql`` : sql`and is_archived = ${filter.isArchived}`}
    order by ${sql(filter.sort.field)} ${direction} nulls last, id ${direction}
    limit ${filter.limit} offset ${filter.offset}
  `;
}

/** How many match, whether archived or not, so that a list can show both counts beside itself. */
export async function countClients(
  sql: Sql | Tx,
  filter: ClientFilter,
): Promise<{ active: number; archived: number }> {
  const [row] = await sql<{ active: number; archived: number }[]>`
    select
      count(*) filter (where not is_archived)::int as active,
      count(*) filter (where is_archived)::int as archived
    from clients
    where ${matches(sql, filter)}
  `;
  return row ?? { active: 0, archived: 0 };
}

/** Who has this in the name, in any case; `isAll` when everybody has whom the company ever had. */
export async function findClientsNamed(
  sql: Sql | Tx,
  { companyId, part }: { companyId: number; part: string },
): Promise<{ ids: number[]; isAll: boolean }> {
  const [row] = await sql<{ ids: bigint[] | null; count: number }[]>`
    select
      array_agg(id) filter (where strpos(lower(name), lower(${part})) > 0) as ids,
      count(*)::int as count
    from clients
    where company_id = ${companyId}
  `;
  const ids = (row?.ids ?? []).map(Number);
  return { ids, isAll: ids.length === row?.count };
}

export async function insertClient(
  tx: Tx,
  client: ClientFields & { companyId: number; now: Date },
): Promise<ClientRow> {
  const [row] = await tx<ClientRow[]>`
    insert into clients (
      company_id, name, email, phone, address_line_1, address_line_2, city, state, postal_code,
      country, currency, payment_terms, allow_late_fees, notes, is_archived, created_at, updated_at
    )
    values (
      ${client.companyId}, ${client.name}, ${client.email}, ${client.phone},
      ${client.addressLine1}, ${client.addressLine2}, ${client.city}, ${client.state},
      ${client.postalCode}, ${client.country}, ${client.currency}, ${client.paymentTerms},
      ${client.allowLateFees}, ${client.notes}, ${client.isArchived}, ${client.now}, ${client.now}
    )
    returning ${columns(tx)}
  `;
  if (row === undefined) throw new Error("the client was not inserted");
  return row;
}

/** Writes all a person may set. The caller has locked the row and merged what changes. */
export async function updateClient(
  tx: Tx,
  client: ClientFields & { companyId: number; id: number; now: Date },
): Promise<ClientRow> {
  const [row] = await tx<ClientRow[]>`
    update clients
    set name = ${client.name},
      email = ${client.email},
      phone = ${client.phone},
      address_line_1 = ${client.addressLine1},
      address_line_2 = ${client.addressLine2},
      city = ${client.city},
      state = ${client.state},
      postal_code = ${client.postalCode},
      country = ${client.country},
      currency = ${client.currency},
      payment_terms = ${client.paymentTerms},
      allow_late_fees = ${client.allowLateFees},
      notes = ${client.notes},
      is_archived = ${client.isArchived},
      updated_at = ${client.now}
    where company_id = ${client.companyId} and id = ${client.id} and deleted_at is null
    returning ${columns(tx)}
  `;
  if (row === undefined) throw new Error(`client ${client.id} is gone`);
  return row;
}

/** Archives or brings back those that are not yet so. Returns the ids that changed. */
export async function setClientsArchived(
  tx: Tx,
  change: { companyId: number; ids: readonly number[]; isArchived: boolean; now: Date },
): Promise<number[]> {
  const rows = await tx<{ id: number }[]>`
    update clients
    set is_archived = ${change.isArchived}, updated_at = ${change.now}
    where company_id = ${change.companyId}
      and id = any(${[...change.ids]}::bigint[])
      and is_archived <> ${change.isArchived}
      and deleted_at is null
    returning id
  `;
  return rows.map((row) => row.id);
}

/** Deleted clients keep their records. Returns the ids that were there to delete. */
export async function markClientsDeleted(
  tx: Tx,
  change: { companyId: number; ids: readonly number[]; now: Date },
): Promise<number[]> {
  const rows = await tx<{ id: number }[]>`
    update clients
    set deleted_at = ${change.now}, updated_at = ${change.now}
    where company_id = ${change.companyId}
      and id = any(${[...change.ids]}::bigint[])
      and deleted_at is null
    returning id
  `;
  return rows.map((row) => row.id);
}

/** Locks clients in one order, so that two bulk actions never wait for each other in a circle. */
export async function lockClients(
  tx: Tx,
  { companyId, ids }: { companyId: number; ids: readonly number[] },
): Promise<number[]> {
  const rows = await tx<{ id: number }[]>`
    select id
    from clients
    where company_id = ${companyId} and id = any(${[...ids]}::bigint[]) and deleted_at is null
    order by id
    for no key update
  `;
  return rows.map((row) => row.id);
}

export interface ClientStatsRow {
  currency: string;
  /** Minor units. Drafts and voided invoices are not invoiced. */
  totalInvoiced: bigint;
  totalPaid: bigint;
  /** What is still due on invoices that are neither archived nor paid. */
  outstanding: bigint;
}

/** What a client was billed and has paid, per currency: sums over currencies mean nothing. */
export async function listClientStats(
  sql: Sql | Tx,
  { companyId, clientId }: { companyId: number; clientId: number },
): Promise<ClientStatsRow[]> {
  return await sql<ClientStatsRow[]>`
    select
      currency,
      coalesce(sum(total), 0)::bigint as total_invoiced,
      coalesce(sum(amount_paid), 0)::bigint as total_paid,
      coalesce(sum(amount_due) filter (where not is_archived), 0)::bigint as outstanding
    from invoices
    where company_id = ${companyId}
      and client_id = ${clientId}
      and status not in ('draft', 'cancelled')
      and deleted_at is null
    group by currency
    order by currency
  `;
}

function matches(sql: Sql | Tx, filter: ClientFilter) {
  const { search, currency, country } = filter;
  return sql`
    company_id = ${filter.companyId}
    and deleted_at is null
    ${
      search === undefined
        ? sql``
        : sql`and (
            strpos(lower(name), lower(${search})) > 0
            or strpos(lower(coalesce(email, '')), lower(${search})) > 0
          )`
    }
    ${currency === undefined ? sql`` : sql`and currency = ${currency}`}
    ${country === undefined ? sql`` : sql`and country = ${country}`}
  `;
}

function columns(sql: Sql | Tx) {
  return sql`
    id, uuid, name, email, phone, address_line_1, address_line_2, city, state, postal_code, country,
    currency, payment_terms, allow_late_fees, notes, is_archived, created_at, updated_at
  `;
}
