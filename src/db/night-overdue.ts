import type { LocalDate } from "../billing/dates.ts";
import type { Tx } from "./client.ts";

/** Turns open invoices past their due date overdue, with their events; says how many. */
export async function markOverdue(
  tx: Tx,
  input: { companyId: number; businessDate: LocalDate; now: Date; limit: number },
): Promise<number> {
  const { companyId, businessDate, now, limit } = input;
  const [row] = await tx<{ count: number }[]>`
    with due as (
      select company_id, id
      from invoices
      where company_id = ${companyId}
        and status in ('sent', 'viewed', 'partial')
        and due_date < ${businessDate}
        -- What owes nothing is late with nothing.
        and amount_due > 0
        -- Somebody set another status by hand.
        and status_set_at is null
        and deleted_at is null
      order by due_date, id
      limit ${limit}
      for no key update
    ), changed as (
      update invoices i
      set status = 'overdue', overdue_on = ${businessDate}, updated_at = ${now}
      from due
      where i.company_id = due.company_id and i.id = due.id
      returning i.id, i.invoice_number, i.amount_due, i.currency, i.due_date, i.client_id
    ), told as (
      insert into events (company_id, type, subject_type, subject_id, payload, occurred_at)
      select
        ${companyId}, 'invoice.overdue', 'invoice', id,
        jsonb_build_object(
          'invoice_number', invoice_number, 'amount_due', amount_due, 'currency', currency,
          'due_date', due_date, 'client_id', client_id
        ),
        ${now}
      from changed
      returning id
    ), posted as (
      insert into event_outbox (event_id, company_id, type)
      select id, ${companyId}, 'invoice.overdue' from told
    )
    select count(*)::int as count from changed
  `;
  return row?.count ?? 0;
}
