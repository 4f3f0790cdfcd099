import { company, instant, ofClient, percent, type ExportSource } from "./export-columns.ts";

/** Who is billed, and for what. */
export const customerSources = {
  clients: {
    columns: `
      id name email phone address_line_1 address_line_2 city state postal_code country
      currency payment_terms allow_late_fees notes is_archived created_at updated_at
    `,
    hasProject: false,
    hasClient: true,
    hasDate: false,
    rows: (sql, { text, flag }, filter) => sql`
      select
        c.id, ${text(sql`c.name`)} as name, ${text(sql`c.email`)} as email,
        ${text(sql`c.phone`)} as phone, ${text(sql`c.address_line_1`)} as address_line_1,
        ${text(sql`c.address_line_2`)} as address_line_2, ${text(sql`c.city`)} as city,
        ${text(sql`c.state`)} as state, ${text(sql`c.postal_code`)} as postal_code, c.country,
        c.currency, c.payment_terms, ${flag(sql`c.allow_late_fees`)} as allow_late_fees,
        ${text(sql`c.notes`)} as notes, ${flag(sql`c.is_archived`)} as is_archived,
        ${instant(sql, sql`c.created_at`)} as created_at,
        ${instant(sql, sql`c.updated_at`)} as updated_at
      from clients c
      where c.company_id = ${company(sql)} and c.deleted_at is null
        ${ofClient(sql, filter, sql`c.id`)}
    `,
  },
  contacts: {
    columns: "id client_id name email phone is_primary created_at updated_at",
    hasProject: false,
    hasClient: true,
    hasDate: false,
    rows: (sql, { text, flag }, filter) => sql`
      select
        c.id, c.client_id, ${text(sql`c.name`)} as name, ${text(sql`c.email`)} as email,
        ${text(sql`c.phone`)} as phone, ${flag(sql`c.is_primary`)} as is_primary,
        ${instant(sql, sql`c.created_at`)} as created_at,
        ${instant(sql, sql`c.updated_at`)} as updated_at
      from contacts c
      join clients on clients.company_id = c.company_id and clients.id = c.client_id
        and clients.deleted_at is null
      where c.company_id = ${company(sql)} ${ofClient(sql, filter, sql`c.client_id`)}
    `,
  },
  services: {
    columns: `
      id type name description default_rate unit tax_name_1 tax_percent_1 tax_name_2
      tax_percent_2 is_active created_at updated_at
    `,
    hasProject: false,
    hasClient: false,
    hasDate: false,
    rows: (sql, { text, flag }) => sql`
      select
        s.id, s.type, ${text(sql`s.name`)} as name, ${text(sql`s.description`)} as description,
        s.default_rate, ${text(sql`s.unit`)} as unit, ${text(sql`s.tax_name_1`)} as tax_name_1,
        ${percent(sql, sql`s.tax_rate_1`)} as tax_percent_1,
        ${text(sql`s.tax_name_2`)} as tax_name_2,
        ${percent(sql, sql`s.tax_rate_2`)} as tax_percent_2, ${flag(sql`s.is_active`)} as is_active,
        ${instant(sql, sql`s.created_at`)} as created_at,
        ${instant(sql, sql`s.updated_at`)} as updated_at
      from services s
      where s.company_id = ${company(sql)} and s.deleted_at is null
    `,
  },
} satisfies Record<string, ExportSource>;
