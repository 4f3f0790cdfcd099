import { NotFound } from "../errors.ts";
import type { Sql, Tx } from "./client.ts";

/** How a company's papers and mails look, beside `companies.invoice_layout` and `logo_path`. */
export interface InvoiceTemplateRow {
  id: number;
  /** "#rrggbb"; null: the layout's own. */
  primaryColor: string | null;
  secondaryColor: string | null;
  accentColor: string | null;
  fontFamily: string | null;
  showLogo: boolean;
  /** Sanitised. */
  headerHtml: string | null;
  footerHtml: string | null;
  customCss: string | null;
  createdAt: Date;
  updatedAt: Date;
}

/** What a person may set. */
export type InvoiceTemplateFields = Omit<InvoiceTemplateRow, "id" | "createdAt" | "updatedAt">;

function columns(sql: Sql | Tx) {
  return sql`
    id, primary_color, secondary_color, accent_color, font_family, show_logo, header_html,
    footer_html, custom_css, created_at, updated_at
  `;
}

/** None until somebody looks at it. */
export async function findInvoiceTemplate(
  sql: Sql | Tx,
  companyId: number,
): Promise<InvoiceTemplateRow | undefined> {
  const [row] = await sql<InvoiceTemplateRow[]>`
    select ${columns(sql)} from invoice_templates where company_id = ${companyId}
  `;
  return row;
}

/** The template with what it takes to print: the logo only where it is to be shown. */
export async function findPrintedTemplate(
  sql: Sql | Tx,
  companyId: number,
): Promise<(InvoiceTemplateRow & { logoPrint: Buffer | null }) | undefined> {
  const [row] = await sql<(InvoiceTemplateRow & { logoPrint: Buffer | null })[]>`
    select ${columns(sql)}, case when show_logo then logo_print end as logo_print
    from invoice_templates
    where company_id = ${companyId}
  `;
  return row;
}

/** Does nothing where there is one. */
export async function insertInvoiceTemplate(
  tx: Tx,
  { companyId, now }: { companyId: number; now: Date },
): Promise<void> {
  await tx`
    insert into invoice_templates (company_id, created_at, updated_at)
    values (${companyId}, ${now}, ${now})
    on conflict (company_id) do nothing
  `;
}

export async function updateInvoiceTemplate(
  tx: Tx,
  { companyId, now }: { companyId: number; now: Date },
  changes: Partial<InvoiceTemplateFields & { logoPrint: Buffer | null }>,
): Promise<InvoiceTemplateRow> {
  const [row] = await tx<InvoiceTemplateRow[]>`
    update invoice_templates set ${tx({ ...changes, updatedAt: now })}
    where company_id = ${companyId}
    returning ${columns(tx)}
  `;
  if (row === undefined) throw new NotFound("Template");
  return row;
}
