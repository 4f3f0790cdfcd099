import type { InvoiceStatus } from "../billing/statuses.ts";
import type { Sql, Tx } from "./client.ts";

/** What the invoices of one currency and status come to. Minor units. */
export interface InvoiceSummaryRow {
  status: InvoiceStatus;
  currency: string;
  count: number;
  total: bigint;
  amountPaid: bigint;
  amountDue: bigint;
}

export interface InvoiceTallyRow extends InvoiceSummaryRow {
  isArchived: boolean;
  /**
   * The number without the digits at its end; empty unless it was asked for, null where numbers begin in
   * more ways than are worth counting.
   */
  numberStem: string | null;
}

/**
 * What all invoices of a company come to, deleted ones left out, by state and, when asked for, by what
 * their numbers begin with. Exact as a count of them would be: whoever changes invoices adds the
 * differences, in the same transaction.
 */
export async function sumInvoiceTallies(
  sql: Sql | Tx,
  { companyId, byStem }: { companyId: number; byStem: boolean },
): Promise<InvoiceTallyRow[]> {
  return await sql<InvoiceTallyRow[]>`
    select
      status, currency, is_archived, ${byStem ? sql`number_stem` : sql`''`} as number_stem,
      sum(invoice_count)::int as count, sum(total)::int8 as total,
      sum(amount_paid)::int8 as amount_paid, sum(total - amount_paid)::int8 as amount_due
    from invoice_tallies
    where company_id = ${companyId}
    group by 1, 2, 3, 4
    having sum(invoice_count) > 0
    order by currency, status
  `;
}
