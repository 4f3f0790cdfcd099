import {
  company,
  instant,
  ofClient,
  percent,
  within,
  type ExportSource,
} from "./export-columns.ts";

/** What may be billed: quotes and series. */
export const offerSources = {
  quotes: {
    columns: `
      id client_id quote_number status issue_date expiry_date currency subtotal
      discount_total tax_total total notes terms footer converted_to_invoice_id
      converted_to_project_id is_archived sent_at viewed_at accepted_at declined_at
      created_at updated_at
    `,
    hasProject: false,
    hasClient: true,
    hasDate: true,
    rows: (sql, { text, flag }, filter) => sql`
      select
        q.id, q.client_id, ${text(sql`q.quote_number`)} as quote_number, q.status, q.issue_date,
        q.expiry_date, q.currency, q.subtotal, q.discount_total, q.tax_total, q.total,
        ${text(sql`q.notes`)} as notes, ${text(sql`q.terms`)} as terms,
        ${text(sql`q.footer`)} as footer, q.converted_to_invoice_id, q.converted_to_project_id,
        ${flag(sql`q.is_archived`)} as is_archived, ${instant(sql, sql`q.sent_at`)} as sent_at,
        ${instant(sql, sql`q.viewed_at`)} as viewed_at,
        ${instant(sql, sql`q.accepted_at`)} as accepted_at,
        ${instant(sql, sql`q.declined_at`)} as declined_at,
        ${instant(sql, sql`q.created_at`)} as created_at,
        ${instant(sql, sql`q.updated_at`)} as updated_at
      from quotes q
      where q.company_id = ${company(sql)} and q.deleted_at is null
        ${ofClient(sql, filter, sql`q.client_id`)} ${within(sql, filter, sql`q.issue_date`)}
    `,
  },
  quote_lines: {
    columns: `
      id quote_id service_id description quantity unit_price amount discount_amount
      tax_name_1 tax_percent_1 tax_amount_1 tax_name_2 tax_percent_2 tax_amount_2
      sort_order created_at updated_at
    `,
    hasProject: false,
    hasClient: true,
    hasDate: true,
    rows: (sql, { text }, filter) => sql`
      select
        l.id, l.quote_id, l.service_id, ${text(sql`l.description`)} as description,
        l.quantity::text as quantity, l.unit_price::text as unit_price, l.amount, l.discount_amount,
        ${text(sql`l.tax_name_1`)} as tax_name_1, ${percent(sql, sql`l.tax_rate_1`)} as tax_percent_1,
        l.tax_amount_1, ${text(sql`l.tax_name_2`)} as tax_name_2,
        ${percent(sql, sql`l.tax_rate_2`)} as tax_percent_2, l.tax_amount_2, l.sort_order,
        ${instant(sql, sql`l.created_at`)} as created_at,
        ${instant(sql, sql`l.updated_at`)} as updated_at
      from quote_lines l
      join quotes q on q.company_id = l.company_id and q.id = l.quote_id and q.deleted_at is null
      where l.company_id = ${company(sql)}
        ${ofClient(sql, filter, sql`q.client_id`)} ${within(sql, filter, sql`q.issue_date`)}
    `,
  },
  recurring_invoices: {
    columns: `
      id client_id title status frequency interval start_date end_date next_generate_date
      max_occurrences occurrences_generated auto_send currency payment_terms subtotal
      discount_total tax_total total notes is_archived created_at updated_at
    `,
    hasProject: false,
    hasClient: true,
    hasDate: false,
    rows: (sql, { text, flag }, filter) => sql`
      select
        r.id, r.client_id, ${text(sql`r.title`)} as title, r.status, r.frequency, r.interval,
        r.start_date, r.end_date, r.next_generate_date, r.max_occurrences, r.occurrences_generated,
        ${flag(sql`r.auto_send`)} as auto_send, r.currency, r.payment_terms, r.subtotal,
        r.discount_total, r.tax_total, r.total, ${text(sql`r.notes`)} as notes,
        ${flag(sql`r.is_archived`)} as is_archived, ${instant(sql, sql`r.created_at`)} as created_at,
        ${instant(sql, sql`r.updated_at`)} as updated_at
      from recurring_invoices r
      where r.company_id = ${company(sql)} and r.deleted_at is null
        ${ofClient(sql, filter, sql`r.client_id`)}
    `,
  },
  recurring_invoice_lines: {
    columns: `
      id recurring_invoice_id service_id description quantity unit_price amount tax_name_1
      tax_percent_1 tax_amount_1 tax_name_2 tax_percent_2 tax_amount_2 sort_order
      created_at updated_at
    `,
    hasProject: false,
    hasClient: true,
    hasDate: false,
    rows: (sql, { text }, filter) => sql`
      select
        l.id, l.recurring_invoice_id, l.service_id, ${text(sql`l.description`)} as description,
        l.quantity::text as quantity, l.unit_price::text as unit_price, l.amount,
        ${text(sql`l.tax_name_1`)} as tax_name_1, ${percent(sql, sql`l.tax_rate_1`)} as tax_percent_1,
        l.tax_amount_1, ${text(sql`l.tax_name_2`)} as tax_name_2,
        ${percent(sql, sql`l.tax_rate_2`)} as tax_percent_2, l.tax_amount_2, l.sort_order,
        ${instant(sql, sql`l.created_at`)} as created_at,
        ${instant(sql, sql`l.updated_at`)} as updated_at
      from recurring_invoice_lines l
      join recurring_invoices r on r.company_id = l.company_id and r.id = l.recurring_invoice_id
        and r.deleted_at is null
      where l.company_id = ${company(sql)} ${ofClient(sql, filter, sql`r.client_id`)}
    `,
  },
} satisfies Record<string, ExportSource>;
