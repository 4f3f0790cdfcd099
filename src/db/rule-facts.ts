import type { RuleFacts, RuleSubject } from "../billing/rule-conditions.ts";
import type { Fragment, Sql, Tx } from "./client.ts";

/** What rules may ask of some records, by id; those that are deleted are left out. */
export async function loadRuleFacts(
  sql: Sql | Tx,
  {
    companyId,
    subjectType,
    ids,
  }: { companyId: number; subjectType: RuleSubject; ids: readonly number[] },
): Promise<Map<number, RuleFacts>> {
  if (ids.length === 0) return new Map();
  const rows = await sql<{ id: number; facts: RuleFacts }[]>`
    select r.id, to_jsonb(r) as facts
    from (${queries[subjectType](sql)}) as r
    where r.company_id = ${companyId} and r.id = any(${[...ids]}::int8[])
  `;
  return new Map(rows.map(({ id, facts }) => [id, facts]));
}

/** Every record of a kind, with the facts by the names in `ruleFields`. */
const queries: Readonly<Record<RuleSubject, (sql: Sql | Tx) => Fragment>> = {
  "time-entry": (sql) => sql`
    select
      e.company_id, e.id, e.user_id, e.client_id, e.project_id, e.service_id, e.task_id, e.duration,
      e.hourly_rate, e.is_billable, e.is_billed, e.is_running, e.notes,
      ${tagsOf(sql, "task", sql`e.task_id`)} as task_tags,
      ${tagsOf(sql, "project", sql`e.project_id`)} as project_tags,
      ${tagsOf(sql, "client", sql`e.client_id`)} as client_tags
    from time_entries e
    where e.deleted_at is null
  `,
  task: (sql) => sql`
    select
      e.company_id, e.id, e.user_id, e.client_id, e.project_id, e.summary, e.notes, e.status,
      e.hourly_rate, e.is_billable, e.is_archived,
      ${tagsOf(sql, "task", sql`e.id`)} as tags,
      ${tagsOf(sql, "project", sql`e.project_id`)} as project_tags,
      ${tagsOf(sql, "client", sql`e.client_id`)} as client_tags
    from tasks e
  `,
  project: (sql) => sql`
    select
      e.company_id, e.id, e.client_id, e.name, e.status, e.billing_method, e.hourly_rate,
      e.is_archived,
      ${tagsOf(sql, "project", sql`e.id`)} as tags,
      ${tagsOf(sql, "client", sql`e.client_id`)} as client_tags
    from projects e
    where e.deleted_at is null
  `,
  client: (sql) => sql`
    select
      e.company_id, e.id, e.name, e.email, e.currency, e.country, e.is_archived,
      ${tagsOf(sql, "client", sql`e.id`)} as tags
    from clients e
    where e.deleted_at is null
  `,
  invoice: (sql) => sql`
    select
      e.company_id, e.id, e.client_id, e.project_id, e.status, e.currency, e.total, e.amount_due,
      ${tagsOf(sql, "invoice", sql`e.id`)} as tags,
      ${tagsOf(sql, "client", sql`e.client_id`)} as client_tags
    from invoices e
    where e.deleted_at is null
  `,
};

function tagsOf(
  sql: Sql | Tx,
  kind: "task" | "project" | "client" | "invoice",
  id: Fragment,
): Fragment {
  return sql`
    array(
      select tags.name
      from ${sql(`${kind}_tags`)} tagged
      join tags on tags.company_id = tagged.company_id and tags.id = tagged.tag_id
      where tagged.company_id = e.company_id and tagged.${sql(`${kind}_id`)} = ${id}
        and tags.deleted_at is null
      order by tags.name
    )
  `;
}
