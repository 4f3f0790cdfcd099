import type { ApprovalColumns } from "../billing/approvals.ts";
import type { LocalDate } from "../billing/dates.ts";
import type { InvoiceStatus } from "../billing/statuses.ts";
import { NotFound } from "../errors.ts";
import type { Select, Sql, Tx } from "./client.ts";

/** Money in minor units of `currency`; rates and values as numeric text, as PostgreSQL writes them. */
export interface InvoiceRow extends ApprovalColumns {
  companyId: number;
  id: number;
  uuid: string;
  clientId: number;
  projectId: number | null;
  categoryId: number | null;
  recurringInvoiceId: number | null;
  periodStart: LocalDate | null;
  periodEnd: LocalDate | null;
  invoiceNumber: string;
  status: InvoiceStatus;
  /** Since when the status is one that somebody set; null while it follows from money and dates. */
  statusSetAt: Date | null;
  isArchived: boolean;
  isDisputed: boolean;
  issueDate: LocalDate;
  dueDate: LocalDate;
  currency: string;
  taxType: "inline" | "summary";
  /** The company's way when the invoice was written; a draft's is the company's present one. */
  taxRounding: "per_line" | "per_invoice";
  discountType: "percentage" | "fixed" | null;
  /** Basis points when a percentage, minor units when fixed; numeric(20,3) as text. */
  discountValue: string | null;
  adjustmentDescription: string | null;
  adjustmentAmount: bigint;
  subtotal: bigint;
  discountTotal: bigint;
  taxTotal: bigint;
  /** The fees charged and not waived, with their tax. */
  lateFeeAmount: bigint;
  total: bigint;
  amountPaid: bigint;
  amountDue: bigint;
  notes: string | null;
  terms: string | null;
  footer: string | null;
  sentAt: Date | null;
  viewedAt: Date | null;
  paidAt: Date | null;
  voidedAt: Date | null;
  lateFeeAppliedAt: Date | null;
  remindersSent: number;
  lastReminderAt: Date | null;
  dunningFrom: LocalDate | null;
  createdAt: Date;
  updatedAt: Date;
}

/** The columns of `InvoiceRow`, to be composed into a statement that reads or returns invoices. */
export function invoiceColumns(sql: Sql | Tx) {
  return sql`
    company_id, id, uuid, client_id, project_id, category_id, recurring_invoice_id, period_start,
    period_end, invoice_number, status, status_set_at, is_archived, is_disputed, issue_date, due_date,
    currency, tax_type, tax_rounding, discount_type, discount_value, adjustment_description,
    adjustment_amount, subtotal, discount_total, tax_total, late_fee_amount, total, amount_paid, amount_due, notes, terms,
    footer, sent_at, viewed_at, paid_at, voided_at, late_fee_applied_at, reminders_sent,
    last_reminder_at, dunning_from, approval, approval_at, approval_by, approval_reason, created_at, updated_at
  `;
}

/** A deleted invoice is not found. */
export async function getInvoice(
  sql: Sql | Tx,
  key: { companyId: number; id: number },
): Promise<InvoiceRow> {
  const [row] = await selectInvoice(sql, key);
  if (row === undefined) throw new NotFound("Invoice");
  return row;
}

/** As `getInvoice`, with no row where it does not find one. */
export function selectInvoice(
  sql: Sql | Tx,
  { companyId, id }: { companyId: number; id: number },
): Select<InvoiceRow> {
  return sql<InvoiceRow[]>`
    select ${invoiceColumns(sql)}
    from invoices
    where company_id = ${companyId} and id = ${id} and deleted_at is null
  `;
}

/** Which invoice an address in the client portal names; drafts and deleted ones are named by none. */
export async function findPortalInvoice(
  sql: Sql | Tx,
  uuid: string,
): Promise<{ companyId: number; id: number } | undefined> {
  const [row] = await sql<{ companyId: number; id: number }[]>`
    select company_id, id
    from invoices
    where uuid = ${uuid} and status <> 'draft' and deleted_at is null
  `;
  return row;
}

/** As `getInvoice`, and nobody else may change the invoice until the transaction ends. */
export async function lockInvoice(
  tx: Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<InvoiceRow> {
  const [row] = await tx<InvoiceRow[]>`
    select ${invoiceColumns(tx)}
    from invoices
    where company_id = ${companyId} and id = ${id} and deleted_at is null
    for update
  `;
  if (row === undefined) throw new NotFound("Invoice");
  return row;
}

/** Locks the invoice a payment was for, deleted or not: the money came in all the same. */
export async function lockInvoiceOfPayment(
  tx: Tx,
  { companyId, paymentId }: { companyId: number; paymentId: number },
): Promise<InvoiceRow> {
  const [row] = await tx<InvoiceRow[]>`
    select ${invoiceColumns(tx)}
    from invoices
    where company_id = ${companyId}
      and id = (
        select invoice_id from payments where company_id = ${companyId} and id = ${paymentId}
      )
    for update
  `;
  if (row === undefined) throw new NotFound("Payment");
  return row;
}

/** Locks those of the ids that are there, lowest first, so that two who lock several never deadlock. */
export async function lockInvoices(
  tx: Tx,
  { companyId, ids }: { companyId: number; ids: readonly number[] },
): Promise<InvoiceRow[]> {
  return await tx<InvoiceRow[]>`
    select ${invoiceColumns(tx)}
    from invoices
    where company_id = ${companyId} and id = any(${[...ids]}::int8[]) and deleted_at is null
    order by id
    for update
  `;
}

/** Takes ids ahead of the insert, so that an invoice and what hangs on it can be sent at once. */
export async function takeInvoiceIds(tx: Tx, count: number): Promise<number[]> {
  // One row for all: a row each is more work for both sides than the ids are.
  const [row] = await tx<{ ids: string }[]>`
    select string_agg(nextval('invoices_id_seq')::text, ',') as ids
    from generate_series(1, ${count}::int)
  `;
  return row!.ids.split(",").map(Number);
}

export type NewInvoice = Pick<
  InvoiceRow,
  | "id"
  | "companyId"
  | "clientId"
  | "projectId"
  | "categoryId"
  | "invoiceNumber"
  | "isArchived"
  | "issueDate"
  | "dueDate"
  | "currency"
  | "taxType"
  | "taxRounding"
  | "discountType"
  | "discountValue"
  | "adjustmentDescription"
  | "adjustmentAmount"
  | "subtotal"
  | "discountTotal"
  | "taxTotal"
  | "total"
  | "notes"
  | "terms"
  | "footer"
  | "createdAt"
>;

/** A new draft, with an id of `takeInvoiceIds`. */
export async function insertInvoice(tx: Tx, invoice: NewInvoice): Promise<InvoiceRow> {
  const [row] = await tx<InvoiceRow[]>`
    insert into invoices (
      company_id, id, client_id, project_id, category_id, invoice_number, is_archived, issue_date,
      due_date, currency, tax_type, tax_rounding, discount_type, discount_value,
      adjustment_description, adjustment_amount, subtotal, discount_total, tax_total, total, notes,
      terms, footer, created_at, updated_at
    )
    overriding system value
    values (
      ${invoice.companyId}, ${invoice.id}, ${invoice.clientId}, ${invoice.projectId},
      ${invoice.categoryId}, ${invoice.invoiceNumber}, ${invoice.isArchived}, ${invoice.issueDate},
      ${invoice.dueDate}, ${invoice.currency}, ${invoice.taxType}, ${invoice.taxRounding},
      ${invoice.discountType}, ${invoice.discountValue}, ${invoice.adjustmentDescription},
      ${invoice.adjustmentAmount}, ${invoice.subtotal}, ${invoice.discountTotal}, ${invoice.taxTotal},
      ${invoice.total}, ${invoice.notes}, ${invoice.terms}, ${invoice.footer}, ${invoice.createdAt},
      ${invoice.createdAt}
    )
    returning ${invoiceColumns(tx)}
  `;
  return row!;
}

export type InvoiceChanges = Partial<
  Pick<
    InvoiceRow,
    | "clientId"
    | "projectId"
    | "categoryId"
    | "status"
    | "statusSetAt"
    | "isArchived"
    | "isDisputed"
    | "issueDate"
    | "dueDate"
    | "currency"
    | "taxType"
    | "taxRounding"
    | "discountType"
    | "discountValue"
    | "adjustmentDescription"
    | "adjustmentAmount"
    | "subtotal"
    | "discountTotal"
    | "taxTotal"
    | "lateFeeAmount"
    | "total"
    | "amountPaid"
    | "notes"
    | "terms"
    | "footer"
    | "sentAt"
    | "viewedAt"
    | "paidAt"
    | "voidedAt"
    | "lateFeeAppliedAt"
    | "dunningFrom"
    | keyof ApprovalColumns
  >
> & { updatedAt: Date };

/**
 * Writes the given columns of an invoice that the transaction has locked. A status set by hand holds
 * until money or the due date moves, or the invoice is over (BILLING.md 8).
 */
export async function updateInvoiceRow(
  tx: Tx,
  { companyId, id }: { companyId: number; id: number },
  changes: InvoiceChanges,
): Promise<InvoiceRow> {
  const moving = ["amountPaid", "dueDate", "paidAt", "voidedAt"] as const;
  const isMoved = moving.some((column) => changes[column] !== undefined);
  const [row] = await tx<InvoiceRow[]>`
    update invoices set ${tx({ ...(isMoved ? { statusSetAt: null } : {}), ...changes })}
    where company_id = ${companyId} and id = ${id}
    returning ${invoiceColumns(tx)}
  `;
  if (row === undefined) throw new NotFound("Invoice");
  return row;
}

/** No fee and no reminder of these invoices for days before this one. */
export async function delayDunning(
  tx: Tx,
  { companyId, ids, until }: { companyId: number; ids: readonly number[]; until: LocalDate },
): Promise<void> {
  await tx`
    update invoices set dunning_from = greatest(dunning_from, ${until}::date)
    where company_id = ${companyId} and id = any(${[...ids]}::int8[])
  `;
}

/** The row stays, with its number; nobody finds it any more. */
export async function markInvoiceDeleted(
  tx: Tx,
  { companyId, id, now }: { companyId: number; id: number; now: Date },
): Promise<void> {
  await tx`
    update invoices set deleted_at = ${now}, updated_at = ${now}
    where company_id = ${companyId} and id = ${id}
  `;
}
