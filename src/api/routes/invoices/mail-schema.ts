import { z } from "zod";
import type { DeliveryRow } from "../../../db/deliveries.ts";
import type { InvoiceReminderRow } from "../../../db/invoice-reminders.ts";
import { dateJson, instantJson, presentInstant } from "../../answers.ts";

/** A mail about an invoice and how far it got (BILLING.md 8). */
export const deliveryJson = z
  .object({
    id: z.int(),
    kind: z.string(),
    status: z.enum([
      "queued",
      "sending",
      "accepted",
      "bounced",
      "failed",
      "cancelled",
      "blocked",
      "unknown",
    ]),
    recipient: z.string().nullable(),
    message_id: z.string(),
    error_code: z.string().nullable(),
    error_message: z.string().nullable(),
    accepted_at: instantJson.nullable(),
    created_at: instantJson,
    updated_at: instantJson,
  })
  .meta({ id: "Delivery" });

export function presentDelivery(delivery: DeliveryRow) {
  return {
    id: delivery.id,
    kind: delivery.kind,
    status: delivery.status,
    recipient: delivery.recipient,
    message_id: delivery.messageId,
    error_code: delivery.errorCode,
    error_message: delivery.errorMessage,
    accepted_at: presentInstant(delivery.acceptedAt),
    created_at: presentInstant(delivery.createdAt),
    updated_at: presentInstant(delivery.updatedAt),
  };
}

/** What became of one reminder stage for one due date (BILLING.md 7). */
export const invoiceReminderJson = z
  .object({
    id: z.int(),
    reminder_number: z.int().nullable().meta({
      description: "Null for a stage of a company that the invoice was moved from.",
    }),
    days_offset: z.int().nullable(),
    due_date: dateJson,
    status: z.enum([
      "queued",
      "sent",
      "superseded",
      "not_applicable",
      "cancelled",
      "blocked",
      "failed",
      "unknown",
    ]),
    reason: z.string().nullable(),
    business_date: dateJson,
    delivery_id: z.int().nullable(),
    sent_at: instantJson.nullable(),
  })
  .meta({ id: "InvoiceReminder" });

export function presentInvoiceReminder(reminder: InvoiceReminderRow) {
  return {
    id: reminder.id,
    reminder_number: reminder.reminderNumber,
    days_offset: reminder.daysOffset,
    due_date: reminder.dueDate,
    status: reminder.status,
    reason: reminder.reason,
    business_date: reminder.businessDate,
    delivery_id: reminder.deliveryId,
    sent_at: presentInstant(reminder.sentAt),
  };
}
