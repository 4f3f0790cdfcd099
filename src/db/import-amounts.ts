import type { ProviderName } from "../platform/oauth.ts";
import type { Tx } from "./client.ts";

/** What a record of money comes to over there, in our words for its state. */
export interface ImportAmount {
  /** Of `external_refs`. */
  kind: string;
  externalId: string;
  currency: string;
  status: string;
  /** Minor units. */
  amount: bigint;
}

interface OfImport {
  companyId: number;
  importId: number;
}

/** Keeps what records come to over there, until the import's end compares them with ours. */
export async function recordImportAmounts(
  tx: Tx,
  { companyId, importId }: OfImport,
  amounts: readonly ImportAmount[],
): Promise<void> {
  if (amounts.length === 0) return;
  await tx`
    insert into import_amounts (company_id, import_id, kind, external_id, currency, status, amount)
    select distinct on (kind, external_id)
      ${companyId}, ${importId}, kind, external_id, currency, status, amount
    from unnest(
      ${amounts.map((each) => each.kind)}::text[],
      ${amounts.map((each) => each.externalId)}::text[],
      ${amounts.map((each) => each.currency)}::text[],
      ${amounts.map((each) => each.status)}::text[],
      ${amounts.map((each) => String(each.amount))}::int8[]
    ) as given (kind, external_id, currency, status, amount)
    on conflict (company_id, import_id, kind, external_id) do update
    set currency = excluded.currency, status = excluded.status, amount = excluded.amount
  `;
}

interface Compared extends OfImport {
  provider: ProviderName;
  account: string;
}

/**
 * Each amount over there beside ours. A payment may be the use of a credit here. Ours is null for what
 * was not taken over, or was deleted here.
 */
function compared(tx: Tx, { companyId, importId, provider, account }: Compared) {
  return tx`
    select
      a.kind, a.external_id, a.currency, a.status, a.amount, r.record_id,
      coalesce(i.currency, p.currency, c.currency, e.currency, q.currency, used.currency)
        as here_currency,
      case a.kind
        when 'invoice' then
          -- A night here noticed what they did not: no difference.
          case when i.overdue_on is not null and i.status = 'overdue'
            and a.status in ('sent', 'viewed', 'partial') then a.status else i.status end
        when 'quote' then q.status
        else case when coalesce(p.id, c.id, e.id, u.id) is null then null else a.status end
      end as here_status,
      coalesce(i.total, p.amount, c.amount, e.amount + e.tax_amount, q.total, u.amount)
        as here_amount
    from import_amounts a
    left join external_refs r
      on r.company_id = a.company_id and r.provider = ${provider} and r.account = ${account}
      and r.external_id = a.external_id
      and r.kind = any(
        case a.kind when 'payment' then array['payment', 'credit-application'] else array[a.kind] end
      )
    left join invoices i
      on r.kind = 'invoice' and i.company_id = a.company_id and i.id = r.record_id
      and i.deleted_at is null
    left join payments p
      on r.kind = 'payment' and p.company_id = a.company_id and p.id = r.record_id
    left join credits c
      on r.kind = 'credit' and c.company_id = a.company_id and c.id = r.record_id
      and c.deleted_at is null
    left join expenses e
      on r.kind = 'expense' and e.company_id = a.company_id and e.id = r.record_id
      and e.deleted_at is null
    left join quotes q
      on r.kind = 'quote' and q.company_id = a.company_id and q.id = r.record_id
      and q.deleted_at is null
    left join credit_applications u
      on r.kind = 'credit-application' and u.company_id = a.company_id and u.id = r.record_id
    left join credits used on used.company_id = u.company_id and used.id = u.credit_id
    where a.company_id = ${companyId} and a.import_id = ${importId}
  `;
}

/** A sum of records of one kind, currency and status, minor units. */
export interface AmountSum {
  kind: string;
  currency: string;
  status: string;
  there: bigint;
  here: bigint;
  thereCount: number;
  hereCount: number;
}

/** Sums by currency and status, there and here. */
export async function sumImportAmounts(tx: Tx, key: Compared): Promise<AmountSum[]> {
  return await tx<AmountSum[]>`
    with compared as (${compared(tx, key)}),
    sides as (
      select kind, currency, status, amount as there, 0::int8 as here, 1 as there_count, 0 as here_count
      from compared
      union all
      select kind, here_currency, here_status, 0, here_amount, 0, 1
      from compared
      where here_amount is not null
    )
    select
      kind, currency, status, sum(there)::int8 as there, sum(here)::int8 as here,
      sum(there_count)::int as there_count, sum(here_count)::int as here_count
    from sides
    group by kind, currency, status
    order by kind, currency, status
  `;
}

/** Tells of each record that does not come to the same. Returns how many these are. */
export async function recordDifferences(
  tx: Tx,
  { now, ...key }: Compared & { now: Date },
): Promise<number> {
  const rows = await tx`
    with compared as (${compared(tx, key)})
    insert into import_items (
      company_id, import_id, resource, external_id, kind, reason, details, record_id, created_at
    )
    select
      ${key.companyId}, ${key.importId},
      case kind
        when 'credit' then 'credit_notes' when 'quote' then 'estimates' else kind || 's'
      end,
      external_id, 'differs',
      case when here_amount is null then 'It is there and not here.'
        else 'There and here it does not come to the same.' end,
      jsonb_build_object(
        'there', jsonb_build_object('currency', currency, 'status', status, 'amount', amount),
        'here', case when here_amount is null then null else
          jsonb_build_object(
            'currency', here_currency, 'status', here_status, 'amount', here_amount
          ) end
      ),
      record_id, ${now}
    from compared
    where (currency, status, amount) is distinct from (here_currency, here_status, here_amount)
    on conflict (company_id, import_id, resource, external_id, kind) do update
    set reason = excluded.reason, details = excluded.details, record_id = excluded.record_id
    returning 1
  `;
  return rows.length;
}

/** They were compared: what is to be known of them is in the report. */
export async function forgetImportAmounts(
  tx: Tx,
  { companyId, importId }: OfImport,
): Promise<void> {
  await tx`
    delete from import_amounts where company_id = ${companyId} and import_id = ${importId}
  `;
}
