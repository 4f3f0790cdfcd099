import type { Sql } from "../../../src/db/client.ts";

/** Where the ledgers of money disagree: what invoices and credits hold is what came in less what went out. */
export async function findFaults(sql: Sql): Promise<unknown[]> {
  const rows = await sql`
    select i.id, i.amount_paid, i.total
    from invoices i
    where i.amount_paid not between 0 and i.total
      or i.amount_paid <> coalesce((
        select sum(p.amount - coalesce(
          (select c.amount from credits c where c.company_id = p.company_id and c.payment_id = p.id), 0
        )) from payments p where p.company_id = i.company_id and p.invoice_id = i.id
      ), 0) + coalesce((
        select sum(a.amount) from credit_applications a
        where a.company_id = i.company_id and a.invoice_id = i.id
      ), 0) - coalesce((
        select sum(r.amount - r.credit_amount) from payment_refunds r
        join payments p on p.company_id = r.company_id and p.id = r.payment_id
        where p.company_id = i.company_id and p.invoice_id = i.id
      ), 0)
    union all
    select c.id, c.remaining, c.amount
    from credits c
    where c.remaining <> c.amount - coalesce((
        select sum(a.amount) from credit_applications a
        where a.company_id = c.company_id and a.credit_id = c.id
      ), 0) - coalesce((
        select sum(r.credit_amount) from payment_refunds r
        where r.company_id = c.company_id and r.payment_id = c.payment_id
      ), 0) - coalesce((
        select sum(r.amount - r.credit_amount) from payment_refunds r
        where r.company_id = c.company_id and r.voided_credit_id = c.id
      ), 0)
    union all
    select p.id, p.amount_refunded, p.amount
    from payments p
    where p.amount_refunded <> coalesce((
        select sum(r.amount) from payment_refunds r
        where r.company_id = p.company_id and r.payment_id = p.id
      ), 0)
  `;
  return [...rows];
}
