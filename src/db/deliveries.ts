import { NotFound } from "../errors.ts";
import { messageIdOf, type MailKind } from "../billing/message-ids.ts";
import type { Select, Sql, Tx } from "./client.ts";
import type { StatementPeriod } from "./statements.ts";

export type DeliveryStatus =
  | "queued"
  | "sending"
  | "accepted"
  | "bounced"
  | "failed"
  | "cancelled"
  | "blocked"
  | "unknown";

/** A mail we owe somebody and how far it got (BILLING.md section 8). */
export interface DeliveryRow {
  id: number;
  companyId: number;
  kind: MailKind;
  key: string;
  invoiceId: number | null;
  invoiceReminderId: number | null;
  quoteId: number | null;
  statementId: number | null;
  /** Of a receipt: what it is for; none once that payment was deleted. */
  paymentId: number | null;
  /** The earlier mail that somebody asked to be sent again. */
  resendOfId: number | null;
  invitationId: number | null;
  webhookEndpointId: number | null;
  recipient: string | null;
  messageId: string;
  status: DeliveryStatus;
  attempts: number;
  errorCode: string | null;
  errorMessage: string | null;
  response: string | null;
  acceptedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

/** The columns of a delivery, to be composed into a statement that reads or returns them. */
function deliveryColumns(sql: Sql | Tx) {
  return sql`
    id, company_id, kind, key, invoice_id, invoice_reminder_id, quote_id, statement_id, payment_id,
    resend_of_id, invitation_id, webhook_endpoint_id, recipient, message_id, status, attempts, error_code, error_message, response,
    accepted_at, created_at, updated_at
  `;
}

export interface NewDelivery {
  kind: MailKind;
  /** The business fact; the same fact never gets a second delivery. */
  key: string;
  invoiceId?: number;
  invoiceReminderId?: number;
  quoteId?: number;
  statementId?: number;
  paymentId?: number;
  resendOfId?: number;
  invitationId?: number;
  webhookEndpointId?: number;
  /** Nobody to write to leaves the delivery blocked. */
  recipient: string | null;
}

/** Records mails we owe; one that is already owed is left as it is. Returns the new ones. */
export async function insertDeliveries(
  tx: Tx,
  { companyId, now, rows }: { companyId: number; now: Date; rows: readonly NewDelivery[] },
): Promise<DeliveryRow[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => messageIdOf({ companyId, kind: row.kind, key: row.key }));
  return await tx<DeliveryRow[]>`
    insert into deliveries (
      company_id, kind, key, invoice_id, invoice_reminder_id, quote_id, statement_id, payment_id,
      resend_of_id, invitation_id, webhook_endpoint_id, recipient, message_id, status, created_at,
      updated_at
    )
    select
      ${companyId}, p.kind, p.key, p.invoice_id, p.invoice_reminder_id, p.quote_id, p.statement_id,
      p.payment_id, p.resend_of_id, p.invitation_id, p.webhook_endpoint_id, p.recipient, p.message_id, case when p.recipient is null then 'blocked' else 'queued' end,
      ${now}, ${now}
    from unnest(
      ${rows.map((row) => row.kind)}::text[], ${rows.map((row) => row.key)}::text[],
      ${rows.map((row) => row.invoiceId ?? null)}::int8[],
      ${rows.map((row) => row.invoiceReminderId ?? null)}::int8[],
      ${rows.map((row) => row.quoteId ?? null)}::int8[],
      ${rows.map((row) => row.statementId ?? null)}::int8[],
      ${rows.map((row) => row.paymentId ?? null)}::int8[],
      ${rows.map((row) => row.resendOfId ?? null)}::int8[],
      ${rows.map((row) => row.invitationId ?? null)}::int8[],
      ${rows.map((row) => row.webhookEndpointId ?? null)}::int8[],
      ${rows.map((row) => row.recipient)}::text[], ${ids}::text[]
    ) as p (
      kind, key, invoice_id, invoice_reminder_id, quote_id, statement_id, payment_id, resend_of_id,
      invitation_id, webhook_endpoint_id, recipient, message_id
    )
    on conflict (company_id, kind, key) do nothing
    returning ${deliveryColumns(tx)}
  `;
}

/** The mails about an invoice, oldest first. */
export function listInvoiceDeliveries(
  sql: Sql | Tx,
  { companyId, invoiceId }: { companyId: number; invoiceId: number },
): Select<DeliveryRow> {
  return sql<DeliveryRow[]>`
    select ${deliveryColumns(sql)} from deliveries
    where company_id = ${companyId} and invoice_id = ${invoiceId}
    order by id
  `;
}

/** The mails about a quote, oldest first. */
export async function listQuoteDeliveries(
  sql: Sql | Tx,
  { companyId, quoteId }: { companyId: number; quoteId: number },
): Promise<DeliveryRow[]> {
  return await sql<DeliveryRow[]>`
    select ${deliveryColumns(sql)} from deliveries
    where company_id = ${companyId} and quote_id = ${quoteId}
    order by id
  `;
}

/** The mails with one statement, its note and its copies, oldest first. */
export async function listStatementDeliveries(
  sql: Sql | Tx,
  statement: StatementPeriod & { note: string | null; cc: readonly string[] },
): Promise<DeliveryRow[]> {
  const { companyId, clientId, fromDate, toDate, note } = statement;
  const cc = [...statement.cc];
  return await sql<DeliveryRow[]>`
    select ${deliveryColumns(sql)} from deliveries
    where company_id = ${companyId} and statement_id in (
      select id from statements
      where company_id = ${companyId} and client_id = ${clientId}
        and from_date = ${fromDate} and to_date = ${toDate}
        and note is not distinct from ${note}::text
        and cc @> ${cc}::text[] and cc <@ ${cc}::text[]
    )
    order by id
  `;
}

/** @throws NotFound */
export async function lockDelivery(
  tx: Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<DeliveryRow> {
  const [row] = await tx<DeliveryRow[]>`
    select ${deliveryColumns(tx)} from deliveries
    where company_id = ${companyId} and id = ${id}
    for no key update
  `;
  if (row === undefined) throw new NotFound("Delivery");
  return row;
}

/**
 * A payment is about to be deleted: its receipts stay as mails that were sent, and those that were not
 * are not wanted any more. Its invoice is locked, so that none of them is on its way out.
 */
export async function forgetPaymentOfDeliveries(
  tx: Tx,
  { companyId, paymentId, now }: { companyId: number; paymentId: number; now: Date },
): Promise<void> {
  await tx`
    update deliveries
    set payment_id = null,
        status = case when status = 'queued' then 'cancelled' else status end,
        error_code = case when status = 'queued' then 'cancelled' else error_code end,
        error_message =
          case when status = 'queued' then 'the payment was deleted' else error_message end,
        updated_at = ${now}
    where company_id = ${companyId} and payment_id = ${paymentId}
  `;
}

/** Sends a delivery that still waits to another address. */
export async function setDeliveryRecipient(
  tx: Tx,
  input: { companyId: number; id: number; recipient: string; now: Date },
): Promise<void> {
  await tx`
    update deliveries
    set recipient = ${input.recipient}, updated_at = ${input.now}
    where company_id = ${input.companyId} and id = ${input.id}
  `;
}

/** Moves a delivery on, with what the mail server or we had to say about it. */
export async function setDeliveryStatus(
  tx: Tx,
  input: {
    companyId: number;
    id: number;
    status: DeliveryStatus;
    now: Date;
    messageId?: string;
    response?: string;
    errorCode?: string;
    errorMessage?: string;
  },
): Promise<void> {
  await tx`
    update deliveries
    set status = ${input.status},
        attempts = attempts + case when ${input.status} = 'sending' then 1 else 0 end,
        message_id = coalesce(${input.messageId ?? null}, message_id),
        response = ${input.response ?? null},
        error_code = ${input.errorCode ?? null},
        error_message = ${input.errorMessage ?? null},
        accepted_at = case when ${input.status} = 'accepted' then ${input.now} else accepted_at end,
        updated_at = ${input.now}
    where company_id = ${input.companyId} and id = ${input.id}
  `;
}
