import type { RuleSubject } from "../billing/rule-conditions.ts";
import type { Sql, Tx } from "./client.ts";

export const ruleLogOutcomes = ["applied", "skipped", "looped", "failed"] as const;

/** What a rule did to one record, or why it did nothing though it was asked. */
export interface RuleLogRow {
  id: number;
  ruleId: number;
  /** The event that it followed; null where somebody had time billed. */
  eventId: number | null;
  subjectType: RuleSubject;
  subjectId: number;
  outcome: (typeof ruleLogOutcomes)[number];
  effects: readonly Readonly<Record<string, unknown>>[];
  reason: string | null;
  createdAt: Date;
}

export type NewRuleLog = Omit<RuleLogRow, "id" | "createdAt"> & { companyId: number; now: Date };

interface LogFilter {
  companyId: number;
  ruleId: number;
  outcome?: RuleLogRow["outcome"] | undefined;
}

/** False when the rule has met this event before; then nothing is written. */
export async function insertRuleLog(tx: Tx, { now, ...log }: NewRuleLog): Promise<boolean> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- effects are plain values
  const effects = tx.json(log.effects as never);
  const rows = await tx`
    insert into rule_log ${tx({ ...log, effects, createdAt: now })}
    on conflict on constraint rule_log_once do nothing
    returning id
  `;
  return rows.length > 0;
}

/** Whether the rule has met this event before. */
export async function hasMetEvent(
  sql: Sql | Tx,
  { companyId, ruleId, eventId }: { companyId: number; ruleId: number; eventId: number },
): Promise<boolean> {
  const rows = await sql`
    select from rule_log
    where company_id = ${companyId} and rule_id = ${ruleId} and event_id = ${eventId}
  `;
  return rows.length > 0;
}

/** The latest first. */
export async function listRuleLog(
  sql: Sql | Tx,
  filter: LogFilter,
  { limit, offset }: { limit: number; offset: number },
): Promise<RuleLogRow[]> {
  return await sql<RuleLogRow[]>`
    select id, rule_id, event_id, subject_type, subject_id, outcome, effects, reason, created_at
    from rule_log
    where ${matches(sql, filter)}
    order by id desc
    limit ${limit} offset ${offset}
  `;
}

export async function countRuleLog(sql: Sql | Tx, filter: LogFilter): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from rule_log where ${matches(sql, filter)}
  `;
  return row?.count ?? 0;
}

/** Forgets what rules did before, by the machine's clock, a few rows at a time. Returns how many. */
export async function deleteRuleLogBefore(
  sql: Sql,
  { before, limit }: { before: Date; limit: number },
): Promise<number> {
  const rows = await sql`
    delete from rule_log
    where (company_id, id) in (
      select company_id, id from rule_log
      where logged_at < ${before}
      order by logged_at
      limit ${limit}
    )
    returning id
  `;
  return rows.length;
}

function matches(sql: Sql | Tx, { companyId, ruleId, outcome }: LogFilter) {
  return sql`
    company_id = ${companyId} and rule_id = ${ruleId}
    ${outcome === undefined ? sql`` : sql`and outcome = ${outcome}`}
  `;
}
