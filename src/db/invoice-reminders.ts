import type { LocalDate } from "../billing/dates.ts";
import type { Select, Sql, Tx } from "./client.ts";

type InvoiceReminderStatus =
  | "queued"
  | "sent"
  | "superseded"
  | "not_applicable"
  | "cancelled"
  | "blocked"
  | "failed"
  | "unknown";

/** What was decided about one stage for one due date (BILLING.md 7). */
export interface InvoiceReminderRow {
  id: number;
  invoiceId: number;
  /** The stage; none when it is one of a company that the invoice has left. */
  reminderId: number | null;
  reminderNumber: number | null;
  /** Days from the due date; negative before it. */
  daysOffset: number | null;
  dueDate: LocalDate;
  status: InvoiceReminderStatus;
  reason: string | null;
  businessDate: LocalDate;
  /** The mail it became. */
  deliveryId: number | null;
  sentAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

/** In the order in which they were decided. */
export function listInvoiceReminders(
  sql: Sql | Tx,
  { companyId, invoiceId }: { companyId: number; invoiceId: number },
): Select<InvoiceReminderRow> {
  return sql<InvoiceReminderRow[]>`
    select
      ir.id, ir.invoice_id, ir.reminder_id, pr.reminder_number, pr.days_offset, ir.due_date,
      ir.status, ir.reason, ir.business_date, ir.sent_at, ir.created_at, ir.updated_at,
      (select max(d.id) from deliveries d
       where d.company_id = ir.company_id and d.invoice_reminder_id = ir.id) as delivery_id
    from invoice_reminders ir
    left join payment_reminders pr on pr.company_id = ir.company_id and pr.id = ir.reminder_id
    where ir.company_id = ${companyId} and ir.invoice_id = ${invoiceId}
    order by ir.id
  `;
}
