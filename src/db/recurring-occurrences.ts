import type { LocalDate } from "../billing/dates.ts";
import type { Sql, Tx } from "./client.ts";

/** What became of one occurrence of a series: an invoice, or a reason why not. */
export interface RecurringOccurrenceRow {
  recurringInvoiceId: number;
  periodStart: LocalDate;
  periodEnd: LocalDate;
  /** Moved: it has its invoice, but series and invoice are in different companies now. */
  outcome: "generated" | "skipped" | "moved";
  /** "missed", "paused", …; only when skipped. */
  reason: string | null;
  invoiceId: number | null;
  /** The company's day on which this was decided. */
  businessDate: LocalDate;
  createdAt: Date;
}

/** Newest period first. */
export async function listOccurrences(
  sql: Sql,
  input: { companyId: number; seriesId: number; limit: number; offset: number },
): Promise<RecurringOccurrenceRow[]> {
  return await sql<RecurringOccurrenceRow[]>`
    select
      recurring_invoice_id, period_start, period_end, outcome, reason, invoice_id, business_date,
      created_at
    from recurring_occurrences
    where company_id = ${input.companyId} and recurring_invoice_id = ${input.seriesId}
    order by period_start desc
    limit ${input.limit} offset ${input.offset}
  `;
}

export async function countOccurrences(
  sql: Sql | Tx,
  { companyId, seriesId }: { companyId: number; seriesId: number },
): Promise<{ generated: number; skipped: number; moved: number }> {
  const [row] = await sql<{ generated: number; skipped: number; moved: number }[]>`
    select
      count(*) filter (where outcome = 'generated')::int as generated,
      count(*) filter (where outcome = 'skipped')::int as skipped,
      count(*) filter (where outcome = 'moved')::int as moved
    from recurring_occurrences
    where company_id = ${companyId} and recurring_invoice_id = ${seriesId}
  `;
  return row ?? { generated: 0, skipped: 0, moved: 0 };
}

/**
 * The newest period that has its invoice, here or in another company; one whose invoice here was voided
 * or deleted does not count.
 */
export async function findLastBilledPeriod(
  sql: Sql | Tx,
  { companyId, seriesId }: { companyId: number; seriesId: number },
): Promise<{ periodStart: LocalDate; periodEnd: LocalDate } | undefined> {
  const [row] = await sql<{ periodStart: LocalDate; periodEnd: LocalDate }[]>`
    select period_start, period_end
    from (
      select period_start, period_end
      from invoices
      where company_id = ${companyId} and recurring_invoice_id = ${seriesId}
        and status <> 'cancelled' and deleted_at is null
      union all
      select period_start, period_end
      from recurring_occurrences
      where company_id = ${companyId} and recurring_invoice_id = ${seriesId} and outcome = 'moved'
    ) as billed
    order by period_start desc
    limit 1
  `;
  return row;
}
