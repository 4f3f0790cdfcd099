import type { LocalDate } from "../billing/dates.ts";
import type { Sql, Tx } from "./client.ts";

interface OfNight {
  companyId: number;
  businessDate: LocalDate;
  limit: number;
}

/** The series a night parked that nobody has released yet. */
export async function listParkedSeries(
  sql: Sql | Tx,
  { companyId, businessDate, limit }: OfNight,
): Promise<{ id: number; parkedCode: string; parkedReason: string }[]> {
  return await sql<{ id: number; parkedCode: string; parkedReason: string }[]>`
    select id, parked_code, parked_reason
    from recurring_invoices
    where company_id = ${companyId} and parked_on = ${businessDate} and parked_at is not null
    order by id
    limit ${limit}
  `;
}

export interface FailedDeliveryRow {
  id: number;
  kind: string;
  invoiceId: number | null;
  status: string;
  errorMessage: string | null;
}

/** Mails that a night's reminders and invoices asked for and that did not go out. */
export async function listFailedNightDeliveries(
  sql: Sql | Tx,
  { companyId, businessDate, limit }: OfNight,
): Promise<FailedDeliveryRow[]> {
  return await sql<FailedDeliveryRow[]>`
    select d.id, d.kind, d.invoice_id, d.status, d.error_message
    from deliveries d
    where d.company_id = ${companyId}
      and d.status in ('blocked', 'failed', 'bounced', 'unknown')
      and (
        d.invoice_id in (
          select o.invoice_id from recurring_occurrences o
          where o.company_id = ${companyId} and o.business_date = ${businessDate}
            and not o.moved_here
        )
        or d.invoice_reminder_id in (
          select x.id from invoice_reminders x
          where x.company_id = ${companyId} and x.business_date = ${businessDate}
            and x.reminder_id is not null
        )
      )
    order by d.id
    limit ${limit}
  `;
}
