import {
  company,
  instant,
  ofClient,
  percent,
  project,
  within,
  type ExportSource,
} from "./export-columns.ts";

/** What is worked and spent. */
export const workSources = {
  projects: {
    columns: `
      id client_id name status billing_method hourly_rate budget_hours budget_amount
      start_date end_date is_archived created_at updated_at budget_period
    `,
    hasProject: true,
    hasClient: true,
    hasDate: false,
    rows: (sql, { text, flag }, filter) => sql`
      select
        p.id, p.client_id, ${text(sql`p.name`)} as name, p.status, p.billing_method, p.hourly_rate,
        trim_scale(p.budget_hours)::text as budget_hours, p.budget_amount, p.start_date, p.end_date,
        ${flag(sql`p.is_archived`)} as is_archived, ${instant(sql, sql`p.created_at`)} as created_at,
        ${instant(sql, sql`p.updated_at`)} as updated_at, p.budget_period
      from projects p
      where p.company_id = ${company(sql)} and p.deleted_at is null
        ${ofClient(sql, filter, sql`p.client_id`)}
        ${filter.projectId === null ? sql`` : sql`and p.id = ${project(sql)}`}
    `,
  },
  tasks: {
    columns: `
      id user_id client_id project_id summary notes status position due_date is_billable
      hourly_rate completed_at is_archived created_at updated_at
    `,
    hasProject: true,
    hasClient: true,
    hasDate: false,
    rows: (sql, { text, flag }, filter) => sql`
      select
        t.id, t.user_id, t.client_id, t.project_id, ${text(sql`t.summary`)} as summary,
        ${text(sql`t.notes`)} as notes, t.status, t.position, t.due_date,
        ${flag(sql`t.is_billable`)} as is_billable, t.hourly_rate,
        ${instant(sql, sql`t.completed_at`)} as completed_at,
        ${flag(sql`t.is_archived`)} as is_archived, ${instant(sql, sql`t.created_at`)} as created_at,
        ${instant(sql, sql`t.updated_at`)} as updated_at
      from tasks t
      where t.company_id = ${company(sql)}
        ${ofClient(sql, filter, sql`t.client_id`)}
        ${filter.projectId === null ? sql`` : sql`and t.project_id = ${project(sql)}`}
    `,
  },
  time_entries: {
    columns: `
      id user_id client_id project_id service_id date seconds started_at ended_at
      is_billable is_billed invoice_id hourly_rate notes created_at updated_at task_id
    `,
    hasProject: true,
    hasClient: true,
    hasDate: true,
    rows: (sql, { text, flag }, filter) => sql`
      select
        e.id, e.user_id, e.client_id, e.project_id, e.service_id, e.date, e.duration as seconds,
        ${instant(sql, sql`e.started_at`)} as started_at, ${instant(sql, sql`e.ended_at`)} as ended_at,
        ${flag(sql`e.is_billable`)} as is_billable, ${flag(sql`e.is_billed`)} as is_billed,
        e.invoice_id, e.hourly_rate, ${text(sql`e.notes`)} as notes,
        ${instant(sql, sql`e.created_at`)} as created_at,
        ${instant(sql, sql`e.updated_at`)} as updated_at, e.task_id
      from time_entries e
      where e.company_id = ${company(sql)} and e.deleted_at is null
        ${ofClient(sql, filter, sql`e.client_id`)}
        ${filter.projectId === null ? sql`` : sql`and e.project_id = ${project(sql)}`}
        ${within(sql, filter, sql`e.date`)}
    `,
  },
  expenses: {
    columns: `
      id user_id client_id project_id invoice_id category vendor description amount
      currency tax_amount tax_name tax_percent expense_date reference is_billable
      is_billed is_archived created_at updated_at
    `,
    hasProject: true,
    hasClient: true,
    hasDate: true,
    rows: (sql, { text, flag }, filter) => sql`
      select
        e.id, e.user_id, e.client_id, e.project_id, e.invoice_id, e.category,
        ${text(sql`e.vendor`)} as vendor, ${text(sql`e.description`)} as description, e.amount,
        e.currency, e.tax_amount, ${text(sql`e.tax_name`)} as tax_name,
        ${percent(sql, sql`e.tax_rate`)} as tax_percent, e.expense_date,
        ${text(sql`e.reference`)} as reference, ${flag(sql`e.is_billable`)} as is_billable,
        ${flag(sql`e.is_billed`)} as is_billed, ${flag(sql`e.is_archived`)} as is_archived,
        ${instant(sql, sql`e.created_at`)} as created_at,
        ${instant(sql, sql`e.updated_at`)} as updated_at
      from expenses e
      where e.company_id = ${company(sql)} and e.deleted_at is null
        ${ofClient(sql, filter, sql`e.client_id`)}
        ${filter.projectId === null ? sql`` : sql`and e.project_id = ${project(sql)}`}
        ${within(sql, filter, sql`e.expense_date`)}
    `,
  },
} satisfies Record<string, ExportSource>;
