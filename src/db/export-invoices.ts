import type { Fragment, Tx } from "./client.ts";
import {
  company,
  instant,
  ofClient,
  percent,
  project,
  within,
  type ExportFilter,
  type ExportSource,
} from "./export-columns.ts";

/** An invoice belongs to a project that it names, or whose time or expenses it bills. */
function ofProject(sql: Tx, filter: ExportFilter): Fragment {
  if (filter.projectId === null) return sql``;
  return sql`
    and (
      i.project_id = ${project(sql)}
      or exists (
        select from time_entries e
        where e.company_id = i.company_id and e.invoice_id = i.id and e.project_id = ${project(sql)}
      )
      or exists (
        select from expenses e
        where e.company_id = i.company_id and e.invoice_id = i.id and e.project_id = ${project(sql)}
      )
    )
  `;
}

/** What was billed and paid. */
export const invoiceSources = {
  invoices: {
    columns: `
      id client_id project_id recurring_invoice_id invoice_number status issue_date
      due_date period_start period_end currency subtotal discount_total tax_total
      adjustment_amount late_fee_amount total amount_paid amount_due notes terms footer
      is_disputed is_archived sent_at viewed_at paid_at voided_at created_at updated_at
    `,
    hasProject: true,
    hasClient: true,
    hasDate: true,
    rows: (sql, { text, flag }, filter) => sql`
      select
        i.id, i.client_id, i.project_id, i.recurring_invoice_id,
        ${text(sql`i.invoice_number`)} as invoice_number, i.status, i.issue_date, i.due_date,
        i.period_start, i.period_end, i.currency, i.subtotal, i.discount_total, i.tax_total,
        i.adjustment_amount, i.late_fee_amount, i.total, i.amount_paid, i.amount_due,
        ${text(sql`i.notes`)} as notes, ${text(sql`i.terms`)} as terms,
        ${text(sql`i.footer`)} as footer, ${flag(sql`i.is_disputed`)} as is_disputed,
        ${flag(sql`i.is_archived`)} as is_archived, ${instant(sql, sql`i.sent_at`)} as sent_at,
        ${instant(sql, sql`i.viewed_at`)} as viewed_at, ${instant(sql, sql`i.paid_at`)} as paid_at,
        ${instant(sql, sql`i.voided_at`)} as voided_at,
        ${instant(sql, sql`i.created_at`)} as created_at,
        ${instant(sql, sql`i.updated_at`)} as updated_at
      from invoices i
      where i.company_id = ${company(sql)} and i.deleted_at is null
        ${ofClient(sql, filter, sql`i.client_id`)} ${ofProject(sql, filter)}
        ${within(sql, filter, sql`i.issue_date`)}
    `,
  },
  invoice_lines: {
    columns: `
      id invoice_id service_id time_entry_id expense_id description long_description
      quantity unit unit_price amount discount_amount tax_name_1 tax_percent_1
      tax_amount_1 tax_name_2 tax_percent_2 tax_amount_2 is_late_fee sort_order created_at
      updated_at
    `,
    hasProject: true,
    hasClient: true,
    hasDate: true,
    rows: (sql, { text, flag }, filter) => sql`
      select
        l.id, l.invoice_id, l.service_id, l.time_entry_id, l.expense_id,
        ${text(sql`l.description`)} as description,
        ${text(sql`l.long_description`)} as long_description, l.quantity::text as quantity,
        ${text(sql`l.unit`)} as unit, l.unit_price::text as unit_price, l.amount, l.discount_amount,
        ${text(sql`l.tax_name_1`)} as tax_name_1, ${percent(sql, sql`l.tax_rate_1`)} as tax_percent_1,
        l.tax_amount_1, ${text(sql`l.tax_name_2`)} as tax_name_2,
        ${percent(sql, sql`l.tax_rate_2`)} as tax_percent_2, l.tax_amount_2,
        ${flag(sql`l.is_late_fee`)} as is_late_fee, l.sort_order,
        ${instant(sql, sql`l.created_at`)} as created_at,
        ${instant(sql, sql`l.updated_at`)} as updated_at
      from invoice_lines l
      join invoices i on i.company_id = l.company_id and i.id = l.invoice_id
        and i.deleted_at is null
      where l.company_id = ${company(sql)}
        ${ofClient(sql, filter, sql`i.client_id`)} ${ofProject(sql, filter)}
        ${within(sql, filter, sql`i.issue_date`)}
    `,
  },
  payments: {
    columns: `
      id invoice_id amount amount_refunded currency payment_date payment_method reference
      notes recorded_by created_at updated_at
    `,
    hasProject: true,
    hasClient: true,
    hasDate: true,
    rows: (sql, { text }, filter) => sql`
      select
        p.id, p.invoice_id, p.amount, p.amount_refunded, p.currency, p.payment_date,
        ${text(sql`p.payment_method`)} as payment_method, ${text(sql`p.reference`)} as reference,
        ${text(sql`p.notes`)} as notes, p.recorded_by, ${instant(sql, sql`p.created_at`)} as created_at,
        ${instant(sql, sql`p.updated_at`)} as updated_at
      from payments p
      join invoices i on i.company_id = p.company_id and i.id = p.invoice_id
      where p.company_id = ${company(sql)}
        ${ofClient(sql, filter, sql`i.client_id`)} ${ofProject(sql, filter)}
        ${within(sql, filter, sql`p.payment_date`)}
    `,
  },
  refunds: {
    columns: `
      id payment_id amount credit_amount currency refund_date reference reason refunded_by
      created_at
    `,
    hasProject: true,
    hasClient: true,
    hasDate: true,
    rows: (sql, { text }, filter) => sql`
      select
        r.id, r.payment_id, r.amount, r.credit_amount, r.currency, r.refund_date,
        ${text(sql`r.reference`)} as reference, ${text(sql`r.reason`)} as reason, r.refunded_by,
        ${instant(sql, sql`r.created_at`)} as created_at
      from payment_refunds r
      join payments p on p.company_id = r.company_id and p.id = r.payment_id
      join invoices i on i.company_id = p.company_id and i.id = p.invoice_id
      where r.company_id = ${company(sql)}
        ${ofClient(sql, filter, sql`i.client_id`)} ${ofProject(sql, filter)}
        ${within(sql, filter, sql`r.refund_date`)}
    `,
  },
  credits: {
    columns: `
      id client_id payment_id invoice_id voided_invoice_id type amount remaining currency
      credit_date reason is_archived created_at updated_at
    `,
    hasProject: false,
    hasClient: true,
    hasDate: true,
    rows: (sql, { text, flag }, filter) => sql`
      select
        c.id, c.client_id, c.payment_id, c.invoice_id, c.voided_invoice_id, c.type, c.amount,
        c.remaining, c.currency, c.credit_date, ${text(sql`c.reason`)} as reason,
        ${flag(sql`c.is_archived`)} as is_archived, ${instant(sql, sql`c.created_at`)} as created_at,
        ${instant(sql, sql`c.updated_at`)} as updated_at
      from credits c
      where c.company_id = ${company(sql)} and c.deleted_at is null
        ${ofClient(sql, filter, sql`c.client_id`)} ${within(sql, filter, sql`c.credit_date`)}
    `,
  },
} satisfies Record<string, ExportSource>;
