import type { Sql, Tx } from "./client.ts";

/** Records of a company and one of its realms at QuickBooks. */
export interface CreationScope {
  companyId: number;
  account: string;
}

/** One record that is to be made there. */
export interface CreationKey {
  /** As in external_refs. */
  kind: string;
  recordId: number;
}

/** What was sent and has no known ending yet. */
export interface Creation extends CreationKey {
  entity: string;
  /** JSON, word for word. */
  body: string;
  requestId: string;
}

/** One whose answer is owed. */
export interface OwedCreation extends Creation {
  /** Milliseconds since it was sent first. */
  ageMs: number;
}

interface CreationRow extends CreationKey {
  generation: number;
  entity: string | null;
  body: string | null;
  requestId: string | null;
  isHeld: boolean;
}

/** The rows of these records, made if need be, and locked in one order. `isHeld`: another run is at it. */
export async function lockCreations(
  tx: Tx,
  { companyId, account }: CreationScope,
  keys: readonly CreationKey[],
  runId: string,
): Promise<CreationRow[]> {
  const kinds = keys.map(({ kind }) => kind);
  const recordIds = keys.map(({ recordId }) => recordId);
  await tx`
    insert into quickbooks_creations (company_id, account, kind, record_id)
    select ${companyId}, ${account}, kind, record_id
    from unnest(${kinds}::text[], ${recordIds}::bigint[]) as given (kind, record_id)
    order by kind, record_id
    on conflict do nothing
  `;
  return await tx<CreationRow[]>`
    select
      kind, record_id, generation, entity, body, request_id,
      coalesce(held_by <> ${runId} and held_until > now(), false) as is_held
    from quickbooks_creations
    where company_id = ${companyId} and account = ${account}
      and (kind, record_id) in (
        select * from unnest(${kinds}::text[], ${recordIds}::bigint[])
      )
    order by kind, record_id
    for update
  `;
}

/** Says what is about to be sent with one request, in the order of its parts. */
export async function beginCreations(
  tx: Tx,
  { companyId, account }: CreationScope,
  creations: readonly Creation[],
  { runId, holdMs }: { runId: string; holdMs: number },
): Promise<void> {
  await tx`
    update quickbooks_creations
    set
      entity = given.entity, body = given.body, request_id = given.request_id, place = given.place,
      asked_at = now(), held_by = ${runId}, held_until = now() + ${holdMs}::float8 * interval '1 ms'
    from unnest(
      ${creations.map(({ kind }) => kind)}::text[],
      ${creations.map(({ recordId }) => recordId)}::bigint[],
      ${creations.map(({ entity }) => entity)}::text[],
      ${creations.map(({ body }) => body)}::text[],
      ${creations.map(({ requestId }) => requestId)}::text[]
    ) with ordinality as given (kind, record_id, entity, body, request_id, place)
    where company_id = ${companyId} and account = ${account}
      and quickbooks_creations.kind = given.kind
      and quickbooks_creations.record_id = given.record_id
  `;
}

/** Requests whose answers are owed and that no other run is at, the oldest first. */
export async function listOwedRequests(
  sql: Sql | Tx,
  { companyId, account }: CreationScope,
  runId: string,
): Promise<string[]> {
  const rows = await sql<{ requestId: string }[]>`
    select request_id
    from quickbooks_creations
    where company_id = ${companyId} and account = ${account} and request_id is not null
    group by request_id
    having bool_and(held_by = ${runId} or held_until <= now())
    order by min(asked_at)
  `;
  return rows.map(({ requestId }) => requestId);
}

/** All that was sent with one request and is still owed an answer, in the order of its parts. */
export async function listCreationsOfRequest(
  sql: Sql | Tx,
  { companyId, account }: CreationScope,
  requestId: string,
): Promise<OwedCreation[]> {
  return await sql<OwedCreation[]>`
    select
      kind, record_id, entity, body, request_id,
      extract(epoch from now() - asked_at)::float8 * 1000 as age_ms
    from quickbooks_creations
    where company_id = ${companyId} and account = ${account} and request_id = ${requestId}
    order by place
  `;
}

/** They have an ending: nothing is owed any more, and what comes next is another fact. */
export async function endCreations(
  tx: Tx,
  { companyId, account }: CreationScope,
  keys: readonly CreationKey[],
): Promise<void> {
  await tx`
    update quickbooks_creations
    set
      generation = generation + 1, entity = null, body = null, request_id = null, place = null,
      asked_at = null, held_by = null, held_until = null
    where company_id = ${companyId} and account = ${account}
      and (kind, record_id) in (
        select * from unnest(
          ${keys.map(({ kind }) => kind)}::text[], ${keys.map(({ recordId }) => recordId)}::bigint[]
        )
      )
  `;
}
