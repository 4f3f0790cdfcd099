import type { Sql, Tx } from "./client.ts";

// A company's records have a gate: whoever works on many of them at once holds it open together with
// others like them; a move closes the gates of both companies, and so is alone with the records of
// both. Advisory locks: nothing is written, and who comes first is served first.

/** No record moves into or out of the company until the transaction ends. */
export async function holdRecords(tx: Tx, companyId: number): Promise<void> {
  await tx`select pg_advisory_xact_lock_shared(${gateOf(tx, companyId)})`;
}

/** Waits until nobody holds the records of these companies, and lets nobody do so until the transaction ends. */
export async function closeRecords(tx: Tx, companyIds: readonly number[]): Promise<void> {
  // In one order, so that two moves in opposite directions do not wait for each other.
  for (const companyId of companyIds.toSorted((a, b) => a - b)) {
    await tx`select pg_advisory_xact_lock(${gateOf(tx, companyId)})`;
  }
}

function gateOf(sql: Sql | Tx, companyId: number) {
  return sql`hashtextextended(${`records of company ${companyId}`}, 0)`;
}
