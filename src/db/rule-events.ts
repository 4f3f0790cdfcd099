import type { Sql, Tx } from "./client.ts";

/** An event as rules see it. */
export interface RuleEventRow {
  id: number;
  type: string;
  subjectType: string;
  subjectId: number;
  /** The rules that led to it, the first one first. */
  trail: number[];
}

export async function findRuleEvent(
  sql: Sql | Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<RuleEventRow | undefined> {
  const [row] = await sql<(Omit<RuleEventRow, "trail"> & { trail: (bigint | number)[] })[]>`
    select id, type, subject_type, subject_id, coalesce(rule_trail, '{}') as trail
    from events
    where company_id = ${companyId} and id = ${id}
  `;
  return row === undefined ? undefined : { ...row, trail: row.trail.map(Number) };
}

/** Whether the same has happened to the record again since. */
export async function hasHappenedSince(
  sql: Sql | Tx,
  { companyId, event }: { companyId: number; event: RuleEventRow },
): Promise<boolean> {
  const rows = await sql`
    select from events
    where company_id = ${companyId} and subject_type = ${event.subjectType}
      and subject_id = ${event.subjectId} and type = ${event.type} and id > ${event.id}
    limit 1
  `;
  return rows.length > 0;
}

/** Says of every event that this transaction leaves from here on which rules led to it. */
export async function setRuleTrail(tx: Tx, trail: readonly number[]): Promise<void> {
  await tx`select set_config('nightledger.rule_trail', ${`{${trail.join(",")}}`}, true)`;
}

/**
 * The records that the latest events of a type tell of, each once, the latest first. Looked for among the
 * company's latest events, so many that no other type hides them and few enough to be read at once.
 */
export async function listLatestSubjects(
  sql: Sql | Tx,
  filter: { companyId: number; type: string; eventsMax: number; limit: number },
): Promise<number[]> {
  const rows = await sql<{ subjectId: number }[]>`
    select subject_id
    from (
      select id, type, subject_id from events
      where company_id = ${filter.companyId}
      order by created_at desc, id desc
      limit ${filter.eventsMax}
    ) as latest
    where type = ${filter.type}
    group by subject_id
    order by max(id) desc
    limit ${filter.limit}
  `;
  return rows.map((row) => row.subjectId);
}
