import type { LocalDate } from "../billing/dates.ts";
import { planAnew, type Sql, type Tx } from "./client.ts";

/** What clients owe in one currency. Minor units. */
export interface ReceivablesRow {
  currency: string;
  outstanding: bigint;
  /** The part of it whose due date has passed. */
  overdue: bigint;
}

/** What is owed to a company, by currency. Archiving an invoice hides it and forgives nothing. */
export async function sumReceivables(
  sql: Sql | Tx,
  { companyId, today }: { companyId: number; today: LocalDate },
): Promise<ReceivablesRow[]> {
  return await planAnew(sql<ReceivablesRow[]>`
    select
      currency, sum(amount_due)::int8 as outstanding,
      coalesce(sum(amount_due) filter (where due_date < ${today}), 0)::int8 as overdue
    from invoices
    where company_id = ${companyId} and ${isOwed(sql)}
    group by currency
  `);
}

export const ageBases = ["issue_date", "due_date"] as const;
/** The day from which an invoice's age is counted. */
export type AgeBasis = (typeof ageBases)[number];

/** What is owed in one currency, by age in days; of all clients together when `clientId` is null. */
export interface AgedReceivablesRow {
  currency: string;
  clientId: number | null;
  clientName: string | null;
  upTo30: bigint;
  upTo60: bigint;
  upTo90: bigint;
  older: bigint;
  upTo30Count: number;
  upTo60Count: number;
  upTo90Count: number;
  olderCount: number;
  total: bigint;
  /** The part of the total whose due date has passed. */
  overdue: bigint;
}

/** By currency and, when asked for, by client too: who owes most first. */
export async function listAgedReceivables(
  sql: Sql | Tx,
  filter: { companyId: number; today: LocalDate; ageFrom: AgeBasis; byClient: boolean },
): Promise<AgedReceivablesRow[]> {
  const { companyId, today, ageFrom, byClient } = filter;
  return await planAnew(sql<AgedReceivablesRow[]>`
    with aged as (
      select
        currency, client_id, amount_due, ${today}::date - ${sql(ageFrom)} as age,
        due_date < ${today} as is_overdue
      from invoices
      where company_id = ${companyId} and ${isOwed(sql)}
    ), summed as (
      select
        currency, ${byClient ? sql`client_id` : sql`null::int8 as client_id`},
        coalesce(sum(amount_due) filter (where age <= 30), 0)::int8 as up_to_30,
        coalesce(sum(amount_due) filter (where age between 31 and 60), 0)::int8 as up_to_60,
        coalesce(sum(amount_due) filter (where age between 61 and 90), 0)::int8 as up_to_90,
        coalesce(sum(amount_due) filter (where age > 90), 0)::int8 as older,
        count(*) filter (where age <= 30)::int as up_to_30_count,
        count(*) filter (where age between 31 and 60)::int as up_to_60_count,
        count(*) filter (where age between 61 and 90)::int as up_to_90_count,
        count(*) filter (where age > 90)::int as older_count,
        sum(amount_due)::int8 as total,
        coalesce(sum(amount_due) filter (where is_overdue), 0)::int8 as overdue
      from aged
      group by ${byClient ? sql`grouping sets ((currency), (currency, client_id))` : sql`currency`}
    )
    select summed.*, clients.name as client_name
    from summed
    left join clients on clients.company_id = ${companyId} and clients.id = summed.client_id
    order by summed.total desc, summed.client_id
  `);
}

/** Sent, and not paid in full: what clients owe. */
export function isOwed(sql: Sql | Tx) {
  return sql`status in ('sent', 'viewed', 'partial', 'overdue') and deleted_at is null`;
}
