import { NotFound } from "../errors.ts";
import type { Select, Sql, Tx } from "./client.ts";
import type { ClientRow } from "./clients.ts";

/** What invoicing a client needs to know of it. */
export interface InvoicedClientRow {
  id: number;
  currency: string;
  /** Days; null leaves it to the company. */
  paymentTerms: number | null;
  isArchived: boolean;
}

/** The client, kept from being archived or deleted until the transaction ends. */
export async function findClientToInvoice(
  tx: Tx,
  { companyId, clientId }: { companyId: number; clientId: number },
): Promise<InvoicedClientRow | undefined> {
  const [row] = await tx<InvoicedClientRow[]>`
    select id, currency, payment_terms, is_archived
    from clients
    where company_id = ${companyId} and id = ${clientId} and deleted_at is null
    for share
  `;
  return row;
}

/** Where a client's mail goes: its own address, else the primary contact's, else any contact's. */
export async function findRecipient(
  sql: Sql | Tx,
  { companyId, clientId }: { companyId: number; clientId: number },
): Promise<string | undefined> {
  const [row] = await sql<{ recipient: string | null }[]>`
    select coalesce(
      nullif(c.email, ''),
      (select p.email from contacts p
       where p.company_id = c.company_id and p.client_id = c.id and p.email <> ''
       order by p.is_primary desc, p.id limit 1)
    ) as recipient
    from clients c
    where c.company_id = ${companyId} and c.id = ${clientId}
  `;
  return row?.recipient ?? undefined;
}

/** The taxes a service brings to its lines; rates in basis points, as numeric text. */
export interface ServiceTaxesRow {
  id: number;
  taxName1: string | null;
  taxRate1: string | null;
  taxName2: string | null;
  taxRate2: string | null;
}

/** Those of the services that are there. */
export async function listServiceTaxes(
  sql: Sql | Tx,
  { companyId, ids }: { companyId: number; ids: readonly number[] },
): Promise<ServiceTaxesRow[]> {
  return await sql<ServiceTaxesRow[]>`
    select id, tax_name_1, tax_rate_1, tax_name_2, tax_rate_2
    from services
    where company_id = ${companyId} and id = any(${[...ids]}::int8[]) and deleted_at is null
  `;
}

/** The client of an invoice, also one that was deleted since. */
export async function getInvoicedClient(
  sql: Sql | Tx,
  { companyId, clientId }: { companyId: number; clientId: number },
): Promise<ClientRow> {
  const [row] = await sql<ClientRow[]>`
    select ${clientColumns(sql)} from clients where company_id = ${companyId} and id = ${clientId}
  `;
  if (row === undefined) throw new NotFound("Client");
  return row;
}

/** The client and the category of an invoice, deleted or not. */
export type InvoiceReferencesRow = ClientRow & { categoryName: string | null };

/** For who knows of the invoice nothing but its id. */
export function selectInvoiceReferences(
  sql: Sql,
  { companyId, invoiceId }: { companyId: number; invoiceId: number },
): Select<InvoiceReferencesRow> {
  return sql<InvoiceReferencesRow[]>`
    select client.*, category.name as category_name
    from invoices
    cross join lateral (
      select ${clientColumns(sql)}
      from clients
      where company_id = invoices.company_id and id = invoices.client_id
    ) as client
    left join categories as category
      on category.company_id = invoices.company_id and category.id = invoices.category_id
    where invoices.company_id = ${companyId} and invoices.id = ${invoiceId}
  `;
}

function clientColumns(sql: Sql | Tx) {
  return sql`
    id, uuid, name, email, phone, address_line_1, address_line_2, city, state, postal_code,
    country, currency, payment_terms, allow_late_fees, notes, is_archived, created_at, updated_at
  `;
}
