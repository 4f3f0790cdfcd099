import type { LocalDate } from "../billing/dates.ts";
import type { QuoteStatus } from "../billing/quote-statuses.ts";
import { NotFound } from "../errors.ts";
import type { Sql, Tx } from "./client.ts";

/** Money in minor units of `currency`; values as numeric text, as PostgreSQL writes them. */
export interface QuoteRow {
  companyId: number;
  id: number;
  uuid: string;
  clientId: number;
  quoteNumber: string;
  /** As it reads on the company's day: `expired` is worked out, not stored. */
  status: QuoteStatus;
  isArchived: boolean;
  issueDate: LocalDate;
  /** The last day on which the client may accept. */
  expiryDate: LocalDate;
  currency: string;
  discountType: "percentage" | "fixed" | null;
  /** Basis points when a percentage, minor units when fixed; numeric(20,3) as text. */
  discountValue: string | null;
  subtotal: bigint;
  discountTotal: bigint;
  taxTotal: bigint;
  total: bigint;
  notes: string | null;
  terms: string | null;
  footer: string | null;
  sentAt: Date | null;
  viewedAt: Date | null;
  acceptedAt: Date | null;
  declinedAt: Date | null;
  convertedToInvoiceId: number | null;
  convertedToProjectId: number | null;
  /** It became an invoice that is in another company now. */
  isInvoicedElsewhere: boolean;
  hasProjectElsewhere: boolean;
  createdAt: Date;
  updatedAt: Date;
}

export interface QuoteRef {
  companyId: number;
  id: number;
  /** The company's day, which decides what is expired. */
  today: LocalDate;
}

/** A quote's status on a day, as SQL. */
function statusOn(sql: Sql | Tx, today: LocalDate) {
  return sql`
    case when status in ('sent', 'viewed') and expiry_date < ${today}::date
      then 'expired' else status end
  `;
}

function quoteColumns(sql: Sql | Tx, today: LocalDate) {
  return sql`
    company_id, id, uuid, client_id, quote_number, ${statusOn(sql, today)} as status, is_archived,
    issue_date, expiry_date, currency, discount_type, discount_value, subtotal, discount_total,
    tax_total, total, notes, terms, footer, sent_at, viewed_at, accepted_at, declined_at,
    converted_to_invoice_id, converted_to_project_id, is_invoiced_elsewhere, has_project_elsewhere,
    created_at, updated_at
  `;
}

/** A deleted quote is not found. */
export async function getQuote(
  sql: Sql | Tx,
  { companyId, id, today }: QuoteRef,
): Promise<QuoteRow> {
  const [row] = await sql<QuoteRow[]>`
    select ${quoteColumns(sql, today)}
    from quotes
    where company_id = ${companyId} and id = ${id} and deleted_at is null
  `;
  if (row === undefined) throw new NotFound("Quote");
  return row;
}

/** Which quote an address in the client portal names; drafts and deleted ones are named by none. */
export async function findPortalQuote(
  sql: Sql | Tx,
  uuid: string,
): Promise<{ companyId: number; id: number } | undefined> {
  const [row] = await sql<{ companyId: number; id: number }[]>`
    select company_id, id
    from quotes
    where uuid = ${uuid} and status <> 'draft' and deleted_at is null
  `;
  return row;
}

/** As `getQuote`, and nobody else may change the quote until the transaction ends. */
export async function lockQuote(tx: Tx, { companyId, id, today }: QuoteRef): Promise<QuoteRow> {
  const [row] = await tx<QuoteRow[]>`
    select ${quoteColumns(tx, today)}
    from quotes
    where company_id = ${companyId} and id = ${id} and deleted_at is null
    for update
  `;
  if (row === undefined) throw new NotFound("Quote");
  return row;
}

/** Locks those of the ids that are there, lowest first, so that two who lock several never deadlock. */
export async function lockQuotes(
  tx: Tx,
  input: { companyId: number; ids: readonly number[]; today: LocalDate },
): Promise<QuoteRow[]> {
  return await tx<QuoteRow[]>`
    select ${quoteColumns(tx, input.today)}
    from quotes
    where company_id = ${input.companyId} and id = any(${[...input.ids]}::int8[])
      and deleted_at is null
    order by id
    for update
  `;
}

export type NewQuote = Pick<
  QuoteRow,
  | "companyId"
  | "clientId"
  | "quoteNumber"
  | "isArchived"
  | "issueDate"
  | "expiryDate"
  | "currency"
  | "discountType"
  | "discountValue"
  | "subtotal"
  | "discountTotal"
  | "taxTotal"
  | "total"
  | "notes"
  | "terms"
  | "footer"
  | "createdAt"
>;

/** A new draft; a draft never is expired, so no day is asked for. */
export async function insertQuote(tx: Tx, quote: NewQuote): Promise<QuoteRow> {
  const [row] = await tx<QuoteRow[]>`
    insert into quotes ${tx({ ...quote, updatedAt: quote.createdAt })}
    returning ${quoteColumns(tx, quote.issueDate)}
  `;
  return row!;
}

export type QuoteChanges = Partial<
  Omit<NewQuote, "companyId" | "quoteNumber" | "createdAt"> &
    Pick<
      QuoteRow,
      | "sentAt"
      | "viewedAt"
      | "acceptedAt"
      | "declinedAt"
      | "convertedToInvoiceId"
      | "convertedToProjectId"
    > & {
      status: Exclude<QuoteStatus, "expired">;
    }
> & { updatedAt: Date };

/** Writes the given columns of a quote that the transaction has locked. */
export async function updateQuoteRow(
  tx: Tx,
  { companyId, id, today }: QuoteRef,
  changes: QuoteChanges,
): Promise<QuoteRow> {
  const [row] = await tx<QuoteRow[]>`
    update quotes set ${tx(changes)}
    where company_id = ${companyId} and id = ${id} and deleted_at is null
    returning ${quoteColumns(tx, today)}
  `;
  if (row === undefined) throw new NotFound("Quote");
  return row;
}

/** The row stays, with its number; nobody finds it any more. */
export async function markQuoteDeleted(
  tx: Tx,
  { companyId, id, now }: { companyId: number; id: number; now: Date },
): Promise<void> {
  await tx`
    update quotes set deleted_at = ${now}, updated_at = ${now}
    where company_id = ${companyId} and id = ${id}
  `;
}

export interface QuoteFilter {
  companyId: number;
  today: LocalDate;
  statuses?: readonly QuoteStatus[] | undefined;
  clientId?: number | undefined;
  /** Part of the number, in any case. */
  numberPart?: string | undefined;
}

export const quoteSortFields = [
  "id",
  "quote_number",
  "status",
  "issue_date",
  "expiry_date",
  "total",
  "created_at",
  "updated_at",
] as const;
export type QuoteSortField = (typeof quoteSortFields)[number];

/** One page of a company's quotes, deleted ones left out. */
export async function listQuotes(
  sql: Sql | Tx,
  filter: QuoteFilter & { isArchived?: boolean | undefined },
  page: { sort: { field: QuoteSortField; isDescending: boolean }; limit: number; offset: number },
): Promise<QuoteRow[]> {
  const direction = page.sort.isDescending ? sql`desc` : sql`asc`;
  const { isArchived } = filter;
  return await sql<QuoteRow[]>`
    select ${quoteColumns(sql, filter.today)}
    from quotes
    where ${matches(sql, filter)}
      ${isArchived === undefined ? sql`` : sql`and is_archived = ${isArchived}`}
    order by ${sql(page.sort.field)} ${direction}, id ${direction}
    limit ${page.limit} offset ${page.offset}
  `;
}

/** How many match, whether archived or not, so that a list can show both counts beside itself. */
export async function countQuotes(
  sql: Sql | Tx,
  filter: QuoteFilter,
): Promise<{ active: number; archived: number }> {
  const [row] = await sql<{ active: number; archived: number }[]>`
    select
      count(*) filter (where not is_archived)::int as active,
      count(*) filter (where is_archived)::int as archived
    from quotes
    where ${matches(sql, filter)}
  `;
  return row ?? { active: 0, archived: 0 };
}

function matches(sql: Sql | Tx, { companyId, today, statuses, clientId, numberPart }: QuoteFilter) {
  return sql`
    company_id = ${companyId}
    and deleted_at is null
    ${statuses === undefined ? sql`` : sql`and ${statusOn(sql, today)} = any(${[...statuses]}::text[])`}
    ${clientId === undefined ? sql`` : sql`and client_id = ${clientId}`}
    ${numberPart === undefined ? sql`` : sql`and strpos(lower(quote_number), lower(${numberPart})) > 0`}
  `;
}
