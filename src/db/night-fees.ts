import type { LocalDate } from "../billing/dates.ts";
import type { Tx } from "./client.ts";

/** The one late-fee rule a company has; part of the fee ledger's key. */
const LATE_FEE_RULE = "late-fee";

export interface FeeCandidateRow {
  id: number;
  invoiceNumber: string;
  currency: string;
  dueDate: LocalDate;
  /** The total without fees, minor units. */
  principal: bigint;
  amountPaid: bigint;
  /** Net fees charged so far, waived ones included. */
  feesCharged: bigint;
  /** How many fees the ledger holds, waived ones included. */
  feeCount: number;
  firstFeeDate: LocalDate | null;
  lastFeeDate: LocalDate | null;
}

/**
 * Locks the next invoices a late fee may fall on, in due-date order after the cursor. Disputed,
 * zero, draft, paid and voided ones are left out, and clients who are spared (BILLING.md 6).
 */
export async function lockFeeCandidates(
  tx: Tx,
  input: {
    companyId: number;
    /** Only invoices due before this date. */
    dueBefore: LocalDate;
    businessDate: LocalDate;
    repeats: boolean;
    after: { dueDate: LocalDate; id: number } | null;
    limit: number;
  },
): Promise<FeeCandidateRow[]> {
  const { companyId, dueBefore, businessDate, repeats, after, limit } = input;
  return await tx<FeeCandidateRow[]>`
    select
      i.id, i.invoice_number, i.currency, i.due_date, (i.total - i.late_fee_amount) as principal,
      i.amount_paid, f.fees_charged, f.fee_count, f.first_fee_date, f.last_fee_date
    from invoices i
    join clients c on c.company_id = i.company_id and c.id = i.client_id
    cross join lateral (
      select
        coalesce(sum(l.fee), 0)::int8 as fees_charged, count(*)::int as fee_count,
        min(l.business_date) as first_fee_date, max(l.business_date) as last_fee_date
      from invoice_late_fees l
      where l.company_id = i.company_id and l.invoice_id = i.id and l.rule = ${LATE_FEE_RULE}
    ) f
    where i.company_id = ${companyId}
      and i.status in ('sent', 'viewed', 'partial', 'overdue')
      and i.deleted_at is null
      and i.due_date < ${dueBefore}
      and i.amount_due > 0
      and not i.is_disputed
      and c.allow_late_fees
      -- An imported invoice gets no fee for days before its import, neither then nor later.
      and (
        i.dunning_from is null
        or (
          i.dunning_from <= ${businessDate}
          and (
            ${repeats}
            or i.due_date + (${businessDate}::date - ${dueBefore}::date) + 1 >= i.dunning_from
          )
        )
      )
      and (${repeats} or f.fee_count = 0)
      ${after === null ? tx`` : tx`and (i.due_date, i.id) > (${after.dueDate}::date, ${after.id}::int8)`}
    order by i.due_date, i.id
    limit ${limit}
    for no key update of i
  `;
}

export interface ChargedFee {
  invoiceId: number;
  occurrence: number;
  fee: bigint;
  tax: bigint;
}

/**
 * Charges late fees: ledger row, invoice line, the invoice's amounts and an event, in one statement.
 * A fee the ledger already holds is not charged again, whoever asks. Returns what was charged.
 */
export async function chargeFees(
  tx: Tx,
  input: {
    companyId: number;
    businessDate: LocalDate;
    now: Date;
    description: string;
    taxName: string | null;
    /** Basis points as decimal text, or null when fees are not taxed. */
    taxRate: string | null;
    fees: ChargedFee[];
  },
): Promise<number> {
  const { companyId, businessDate, now, description, taxName, taxRate, fees } = input;
  const [row] = await tx<{ count: number }[]>`
    with charged as (
      insert into invoice_late_fees (
        company_id, invoice_id, rule, occurrence, business_date, fee, tax, line_id, created_at
      )
      select
        ${companyId}, p.invoice_id, ${LATE_FEE_RULE}, p.occurrence, ${businessDate}, p.fee, p.tax,
        nextval(pg_get_serial_sequence('invoice_lines', 'id')), ${now}
      from unnest(
        ${fees.map((fee) => fee.invoiceId)}::int8[], ${fees.map((fee) => fee.occurrence)}::int[],
        ${fees.map((fee) => String(fee.fee))}::int8[], ${fees.map((fee) => String(fee.tax))}::int8[]
      ) as p (invoice_id, occurrence, fee, tax)
      on conflict do nothing
      returning invoice_id, occurrence, fee, tax, line_id
    ), lines as (
      insert into invoice_lines (
        company_id, id, invoice_id, description, quantity, unit_price, amount, tax_name_1,
        tax_rate_1, tax_amount_1, sort_order, is_late_fee, created_at, updated_at
      )
      overriding system value
      select
        ${companyId}, c.line_id, c.invoice_id, ${description}, 1, c.fee, c.fee, ${taxName},
        ${taxRate}::numeric, c.tax, 1000000 + c.occurrence, true, ${now}, ${now}
      from charged c
    ), changed as (
      update invoices i
      set late_fee_amount = i.late_fee_amount + c.fee + c.tax,
          total = i.total + c.fee + c.tax,
          late_fee_applied_at = ${now},
          updated_at = ${now}
      from charged c
      where i.company_id = ${companyId} and i.id = c.invoice_id
      returning i.id, i.invoice_number, i.currency, i.amount_due, c.fee, c.tax
    ), told as (
      insert into events (company_id, type, subject_type, subject_id, payload, occurred_at)
      select
        ${companyId}, 'invoice.late_fee_charged', 'invoice', id,
        jsonb_build_object(
          'invoice_number', invoice_number, 'fee', fee, 'tax', tax, 'currency', currency,
          'amount_due', amount_due
        ),
        ${now}
      from changed
      returning id
    ), posted as (
      insert into event_outbox (event_id, company_id, type)
      select id, ${companyId}, 'invoice.late_fee_charged' from told
    )
    select count(*)::int as count from changed
  `;
  return row?.count ?? 0;
}
