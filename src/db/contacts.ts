import type { Sql, Tx } from "./client.ts";

export interface ContactRow {
  id: number;
  clientId: number;
  name: string;
  email: string | null;
  phone: string | null;
  isPrimary: boolean;
  createdAt: Date;
  updatedAt: Date;
}

export interface ContactKey {
  companyId: number;
  clientId: number;
}

/** All contacts of a client, the primary one first. A client has a handful. */
export async function listContacts(
  sql: Sql | Tx,
  key: ContactKey,
  page: { limit: number; offset: number },
): Promise<ContactRow[]> {
  return await sql<ContactRow[]>`
    select id, client_id, name, email, phone, is_primary, created_at, updated_at
    from contacts
    where company_id = ${key.companyId} and client_id = ${key.clientId}
    order by is_primary desc, name, id
    limit ${page.limit} offset ${page.offset}
  `;
}

export async function countContacts(sql: Sql | Tx, key: ContactKey): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count
    from contacts
    where company_id = ${key.companyId} and client_id = ${key.clientId}
  `;
  return row?.count ?? 0;
}

export async function findContact(
  sql: Sql | Tx,
  { companyId, clientId, id }: ContactKey & { id: number },
): Promise<ContactRow | undefined> {
  const [row] = await sql<ContactRow[]>`
    select id, client_id, name, email, phone, is_primary, created_at, updated_at
    from contacts
    where company_id = ${companyId} and client_id = ${clientId} and id = ${id}
  `;
  return row;
}

/** There is at most one primary contact: makes room before another becomes it. */
export async function clearPrimaryContact(
  tx: Tx,
  { companyId, clientId, now }: ContactKey & { now: Date },
): Promise<void> {
  await tx`
    update contacts
    set is_primary = false, updated_at = ${now}
    where company_id = ${companyId} and client_id = ${clientId} and is_primary
  `;
}

export interface ContactFields {
  name: string;
  email: string | null;
  phone: string | null;
  isPrimary: boolean;
}

export async function insertContact(
  tx: Tx,
  contact: ContactFields & ContactKey & { now: Date },
): Promise<ContactRow> {
  const [row] = await tx<ContactRow[]>`
    insert into contacts (
      company_id, client_id, name, email, phone, is_primary, created_at, updated_at
    )
    values (
      ${contact.companyId}, ${contact.clientId}, ${contact.name}, ${contact.email},
      ${contact.phone}, ${contact.isPrimary}, ${contact.now}, ${contact.now}
    )
    returning id, client_id, name, email, phone, is_primary, created_at, updated_at
  `;
  if (row === undefined) throw new Error("the contact was not inserted");
  return row;
}

/** Copies all contacts of a client to another one, of another company. */
export async function copyContacts(
  tx: Tx,
  copy: ContactKey & { toCompanyId: number; toClientId: number; now: Date },
): Promise<void> {
  await tx`
    insert into contacts (
      company_id, client_id, name, email, phone, is_primary, created_at, updated_at
    )
    select
      ${copy.toCompanyId}, ${copy.toClientId}, name, email, phone, is_primary, ${copy.now}, ${copy.now}
    from contacts
    where company_id = ${copy.companyId} and client_id = ${copy.clientId}
    order by id
  `;
}

export async function updateContact(
  tx: Tx,
  contact: ContactFields & ContactKey & { id: number; now: Date },
): Promise<ContactRow> {
  const [row] = await tx<ContactRow[]>`
    update contacts
    set name = ${contact.name},
      email = ${contact.email},
      phone = ${contact.phone},
      is_primary = ${contact.isPrimary},
      updated_at = ${contact.now}
    where company_id = ${contact.companyId}
      and client_id = ${contact.clientId}
      and id = ${contact.id}
    returning id, client_id, name, email, phone, is_primary, created_at, updated_at
  `;
  if (row === undefined) throw new Error(`contact ${contact.id} is gone`);
  return row;
}

export async function deleteContact(
  tx: Tx,
  { companyId, clientId, id }: ContactKey & { id: number },
): Promise<void> {
  await tx`
    delete from contacts
    where company_id = ${companyId} and client_id = ${clientId} and id = ${id}
  `;
}
