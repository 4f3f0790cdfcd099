import type { Tx } from "./client.ts";

/** Something a night found that a person has to look at; see attention.ts. */
export interface NightFinding {
  /** e.g. "series.parked". */
  kind: string;
  /** Tells items of one kind apart. */
  key: string;
  title: string;
  subjectType: string;
  subjectId: number;
}

/**
 * Raises an item for each, or brings the open one of this kind and key up to date: one statement,
 * whatever their number, as the night may hold a company's counter meanwhile. No two may be of one
 * kind and key.
 */
export async function raiseNightFindings(
  tx: Tx,
  companyId: number,
  findings: readonly NightFinding[],
): Promise<void> {
  if (findings.length === 0) return;
  await tx`
    insert into attention_items (company_id, kind, key, title, subject_type, subject_id)
    select ${companyId}, p.kind, p.key, p.title, p.subject_type, p.subject_id
    from unnest(
      ${findings.map(({ kind }) => kind)}::text[], ${findings.map(({ key }) => key)}::text[],
      ${findings.map(({ title }) => title)}::text[],
      ${findings.map(({ subjectType }) => subjectType)}::text[],
      ${findings.map(({ subjectId }) => subjectId)}::int8[]
    ) as p (kind, key, title, subject_type, subject_id)
    on conflict (coalesce(company_id, 0), kind, key) where resolved_at is null
    do update set title = excluded.title
  `;
}
