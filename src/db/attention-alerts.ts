import type { Sql, Tx } from "./client.ts";

/**
 * Alerts of a company's open attention items that are new, or were last told of a day ago: an event
 * each, which alerts and webhooks follow (BILLING.md section 11). Returns how many.
 *
 * @param now the company's clock
 * @param hours what was told of less than so many hours ago is not told again; 24 unless given
 */
export async function alertOpenItems(
  tx: Tx,
  { companyId, now, hours = 24 }: { companyId: number; now: Date; hours?: number },
): Promise<number> {
  const [row] = await tx<{ count: number }[]>`
    with alerted as (
      update attention_items
      set alert_count = alert_count + 1, last_alerted_at = ${now}
      where company_id = ${companyId}
        and resolved_at is null
        and (
          last_alerted_at is null
          or last_alerted_at <= ${now}::timestamptz - make_interval(hours => ${hours})
        )
      returning id, kind, key, title, subject_type, subject_id, alert_count
    ), told as (
      insert into events (company_id, type, subject_type, subject_id, payload, occurred_at)
      select
        ${companyId}, 'attention.raised', coalesce(subject_type, 'attention'),
        coalesce(subject_id, id),
        jsonb_build_object(
          'attention_item_id', id, 'kind', kind, 'key', key, 'title', title, 'alert', alert_count
        ),
        ${now}
      from alerted
      returning id
    ), posted as (
      insert into event_outbox (event_id, company_id, type)
      select id, ${companyId}, 'attention.raised' from told
    )
    select count(*)::int as count from alerted
  `;
  return row?.count ?? 0;
}

/** Companies with items to be told of, and what time it is there. */
export async function listCompaniesToAlert(
  sql: Sql,
  { machineNow, limit }: { machineNow: Date; limit: number },
): Promise<{ companyId: number; now: Date }[]> {
  return await sql<{ companyId: number; now: Date }[]>`
    select distinct a.company_id, coalesce(c.test_now, ${machineNow}::timestamptz) as now
    from attention_items a
    join companies c on c.id = a.company_id and c.deleted_at is null
    where a.resolved_at is null
      and (
        a.last_alerted_at is null
        or a.last_alerted_at <= coalesce(c.test_now, ${machineNow}::timestamptz) - interval '24 h'
      )
    order by a.company_id
    limit ${limit}
  `;
}
