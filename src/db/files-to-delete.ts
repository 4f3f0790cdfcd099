import type { Sql, Tx } from "./client.ts";

interface FileKey {
  companyId: number;
  /** In the file storage. */
  key: string;
}

/**
 * Notes a file that is about to be put into the storage. Unless a record claims it, it is deleted: by the
 * request that brought it, or, should that die, an hour later. Committed before the file is there.
 */
export async function announceFile(sql: Sql, { companyId, key }: FileKey): Promise<void> {
  await sql`
    insert into files_to_delete (company_id, key, due_at)
    values (${companyId}, ${key}, now() + interval '1 hour')
  `;
}

/** A record names this file from now on; with the transaction of that record. */
export async function claimFile(tx: Tx, { companyId, key }: FileKey): Promise<void> {
  const rows = await tx`
    delete from files_to_delete where company_id = ${companyId} and key = ${key} returning key
  `;
  if (rows.length === 0) throw new Error(`the file ${key} is not there to be claimed`);
}

/** A record names this file until then. With the transaction of that record. */
export async function keepFileUntil(
  tx: Tx,
  { companyId, key, until }: FileKey & { until: Date },
): Promise<void> {
  const rows = await tx`
    update files_to_delete set due_at = ${until}
    where company_id = ${companyId} and key = ${key}
    returning key
  `;
  if (rows.length === 0) throw new Error(`the file ${key} is not there to be kept`);
}

/** No record names this file any more: it is deleted soon after the transaction. */
export async function discardFile(tx: Tx, { companyId, key }: FileKey): Promise<void> {
  await tx`
    insert into files_to_delete (company_id, key, due_at)
    values (${companyId}, ${key}, now())
  `;
}

/** Nobody claims this file any more, if nobody has: it may be deleted at once. */
export async function giveUpFile(sql: Sql, { companyId, key }: FileKey): Promise<void> {
  await sql`
    update files_to_delete set due_at = now() where company_id = ${companyId} and key = ${key}
  `;
}

/** Locks one file that may be deleted, the longest due; files that others are at are passed over. */
export async function takeDueFile(
  tx: Tx,
  { companyId }: { companyId?: number | undefined },
): Promise<FileKey | undefined> {
  const [row] = await tx<FileKey[]>`
    select company_id, key
    from files_to_delete
    where due_at <= now()
      ${companyId === undefined ? tx`` : tx`and company_id = ${companyId}`}
    order by due_at
    limit 1
    for update skip locked
  `;
  return row;
}

/** The file is gone. */
export async function forgetFile(tx: Tx, { companyId, key }: FileKey): Promise<void> {
  await tx`delete from files_to_delete where company_id = ${companyId} and key = ${key}`;
}

/** The file could not be deleted: others first, this one again in an hour. */
export async function postponeFile(sql: Sql, { companyId, key }: FileKey): Promise<void> {
  await sql`
    update files_to_delete set due_at = now() + interval '1 hour'
    where company_id = ${companyId} and key = ${key}
  `;
}
