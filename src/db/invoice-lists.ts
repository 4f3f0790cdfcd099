import type { NumberMatch } from "../billing/number-search.ts";
import type { InvoiceStatus } from "../billing/statuses.ts";
import { planAnew, type Sql, type Tx } from "./client.ts";
import type { InvoiceSummaryRow } from "./invoice-tallies.ts";
import { invoiceColumns, type InvoiceRow } from "./invoices.ts";
import { limitToPage } from "./usual-page.ts";

/** The parts of a company's invoices that are indexes' ranges of their own. */
export interface InvoiceState {
  status: InvoiceStatus;
  isArchived: boolean;
}

/** Invoices with a number that matches, or of one of the clients. */
export interface InvoiceText {
  numbers: Exclude<NumberMatch, { kind: "all" }>;
  clientIds: readonly number[];
}

export interface InvoiceFilter {
  companyId: number;
  statuses?: readonly InvoiceStatus[] | undefined;
  /** For a filter that has no statuses of its own. */
  states?: readonly InvoiceState[] | undefined;
  texts?: readonly InvoiceText[] | undefined;
  clientId?: number | undefined;
  projectId?: number | undefined;
  categoryId?: number | undefined;
  /** Part of the number or of the client's name, in any case; for a filter that is narrow without it. */
  search?: string | undefined;
  /** Part of the number, in any case; for a filter that is narrow without it. */
  numberPart?: string | undefined;
  ids?: readonly number[] | undefined;
  isArchived?: boolean | undefined;
}

export const invoiceSortFields = [
  "id",
  "invoice_number",
  "status",
  "issue_date",
  "due_date",
  "total",
  "amount_paid",
  "amount_due",
  "created_at",
  "updated_at",
] as const;
export interface InvoiceSort {
  field: (typeof invoiceSortFields)[number];
  isDescending: boolean;
}
/** Where to read in a list, in the order of `sort`; what is equal is ordered by id, the same way. */
export interface InvoicePlace {
  sort: InvoiceSort;
  limit: number;
  offset: number;
}

/** An invoice as lists show it. */
export interface ListedInvoiceRow extends InvoiceRow {
  /** Kept rates on the whole invoice, in its order. */
  taxRateIds: bigint[];
  /** By name; deleted ones are on nothing. */
  tags: string[];
}

function listedColumns(sql: Sql | Tx) {
  return sql`
    ${invoiceColumns(sql)},
    array(
      select tax_rate_id from invoice_taxes t
      where t.company_id = invoices.company_id and t.invoice_id = invoices.id
      order by position
    ) as tax_rate_ids,
    array(
      select tags.name
      from invoice_tags tagged
      join tags on tags.company_id = tagged.company_id and tags.id = tagged.tag_id
      where tagged.company_id = invoices.company_id and tagged.invoice_id = invoices.id
        and tags.deleted_at is null
      order by tags.name, tags.id
    ) as tags
  `;
}

/**
 * The invoices of some states. Each state is a range of an index of its own; the ranges are merged, so
 * that no more is read of any than the page needs, wherever the states lie in the order. For a filter
 * that matches many: all that it does not match is read on the way.
 */
export async function listInvoicesOfStates(
  sql: Sql | Tx,
  { states, ...filter }: InvoiceFilter & { states: readonly InvoiceState[] },
  { sort, limit, offset }: InvoicePlace,
): Promise<ListedInvoiceRow[]> {
  const { companyId } = filter;
  const direction = directionOf(sql, sort);
  const key = sortKey(sql, sort);
  const page = sql<ListedInvoiceRow[]>`
    with page as (
      select in_state.id, in_state.sort_key
      from unnest(
        ${states.map(({ status }) => status)}::text[],
        ${states.map(({ isArchived }) => String(isArchived))}::text[]::boolean[]
      ) as state (status, is_archived)
      cross join lateral (
        select id, ${key} as sort_key
        from invoices
        where company_id = ${companyId} and is_archived = state.is_archived
          and status = state.status and deleted_at is null ${isFiltered(sql, filter)}
        order by ${key} ${direction}, id ${direction}
        limit ${offset + limit}
      ) as in_state
      order by in_state.sort_key ${direction}, in_state.id ${direction}
      limit ${limit} offset ${offset}
    )
    select ${listedColumns(sql)}
    from invoices
    join page using (id)
    where company_id = ${companyId}
    order by page.sort_key ${direction}, id ${direction}
  `;
  return await (hasTexts(filter) ? planAnew(page) : page);
}

/** Counts and sums of the invoices a filter matches, by status and currency. */
export async function summarizeInvoices(
  sql: Sql | Tx,
  filter: InvoiceFilter,
): Promise<InvoiceSummaryRow[]> {
  const sums = sql<InvoiceSummaryRow[]>`
    select
      status, currency, count(*)::int as count, sum(total)::int8 as total,
      sum(amount_paid)::int8 as amount_paid, (sum(total) - sum(amount_paid))::int8 as amount_due
    from invoices
    where ${matches(sql, filter)}
    group by status, currency
    order by currency, status
  `;
  return await (hasTexts(filter) ? planAnew(sums) : sums);
}

/**
 * A page of what a filter matches, all of which is looked at and sorted. What is found by a text is collected
 * before: it may lie at the other end of the order, and PostgreSQL would look for it all the way.
 */
export async function listInvoicesFound(
  sql: Sql | Tx,
  filter: InvoiceFilter,
  { sort, limit, offset }: InvoicePlace,
): Promise<ListedInvoiceRow[]> {
  const direction = directionOf(sql, sort);
  const page = sql<ListedInvoiceRow[]>`
    with found as ${hasTexts(filter) ? sql`materialized` : sql`not materialized`} (
      select id, ${sortKey(sql, sort)} as sort_key
      from invoices
      where ${matches(sql, filter)}
    ), page as (
      select id, sort_key
      from found
      order by sort_key ${direction}, id ${direction}
      ${limitToPage(sql, { limit, offset })}
    )
    select ${listedColumns(sql)}
    from invoices
    join page using (id)
    where company_id = ${filter.companyId}
    order by page.sort_key ${direction}, id ${direction}
  `;
  return await (hasTexts(filter) ? planAnew(page) : page);
}

/** One text is in a few numbers and another in all: a plan that is made for any of them suits most of them ill. */
function hasTexts({ texts = [] }: Pick<InvoiceFilter, "texts">): boolean {
  return texts.length > 0;
}

function directionOf(sql: Sql | Tx, { isDescending }: InvoiceSort) {
  return isDescending ? sql`desc` : sql`asc`;
}

/** Numbers by their characters' codes, as on every machine and as their index has them. */
function sortKey(sql: Sql | Tx, { field }: InvoiceSort) {
  return field === "invoice_number" ? numbersInOrder(sql) : sql`${sql(field)}`;
}

function numbersInOrder(sql: Sql | Tx) {
  return sql`invoice_number collate "C"`;
}

function matches(sql: Sql | Tx, filter: InvoiceFilter) {
  return sql`
    company_id = ${filter.companyId} and deleted_at is null ${isFiltered(sql, filter)}
  `;
}

function isFiltered(sql: Sql | Tx, filter: InvoiceFilter) {
  const { companyId, statuses, states, clientId, projectId, categoryId } = filter;
  const { search, numberPart, ids, isArchived } = filter;
  return sql`
    ${statuses === undefined ? sql`` : sql`and status = any(${[...statuses]}::text[])`}
    ${states === undefined ? sql`` : isInState(sql, states)}
    ${haveTexts(sql, filter.texts ?? [])}
    ${clientId === undefined ? sql`` : sql`and client_id = ${clientId}`}
    ${projectId === undefined ? sql`` : sql`and project_id = ${projectId}`}
    ${categoryId === undefined ? sql`` : sql`and category_id = ${categoryId}`}
    ${
      search === undefined
        ? sql``
        : sql`and (
            ${hasPart(sql, search)}
            or client_id in (
              select id from clients
              where company_id = ${companyId} and strpos(lower(name), lower(${search})) > 0
            )
          )`
    }
    ${numberPart === undefined ? sql`` : sql`and ${hasPart(sql, numberPart)}`}
    ${ids === undefined ? sql`` : sql`and id = any(${[...ids]}::int8[])`}
    ${isArchived === undefined ? sql`` : sql`and is_archived = ${isArchived}`}
  `;
}

/** All states there are may be named too: then they only lead to what comes after them in an index. */
function isInState(sql: Sql | Tx, states: readonly InvoiceState[]) {
  const statuses = [...new Set(states.map(({ status }) => status))];
  const archived = [...new Set(states.map(({ isArchived }) => String(isArchived)))];
  return sql`
    and is_archived = any(${archived}::text[]::boolean[]) and status = any(${statuses}::text[])
  `;
}

function hasPart(sql: Sql | Tx, part: string) {
  return sql`strpos(lower(invoice_number), lower(${part})) > 0`;
}

function haveTexts(sql: Sql | Tx, texts: readonly InvoiceText[]) {
  return texts.reduce(
    (all, { numbers, clientIds }) =>
      clientIds.length === 0
        ? sql`${all} and ${numberMatches(sql, numbers)}`
        : sql`${all} and (
            ${numberMatches(sql, numbers)} or client_id = any(${[...clientIds]}::int8[])
          )`,
    sql``,
  );
}

function numberMatches(sql: Sql | Tx, match: InvoiceText["numbers"]) {
  switch (match.kind) {
    case "none":
      return sql`false`;
    case "beginnings": {
      // The last character there is: no number goes on with it.
      const ranges = match.beginnings.map(
        (beginning) => sql`(
          ${numbersInOrder(sql)} >= ${beginning}
          and ${numbersInOrder(sql)} < ${`${beginning}\u{10ffff}`}
        )`,
      );
      return sql`(${ranges.reduce((all, range) => sql`${all} or ${range}`)})`;
    }
    case "digits":
      return sql`invoice_number like ${`%${match.digits}%`}`;
    case "few-digits":
      // Less than three make nothing that pg_trgm can look up: it would read its whole index, and then
      // every invoice.
      return sql`${numbersInOrder(sql)} like ${`%${match.digits}%`}`;
    case "part":
      return sql`invoice_number ilike ${`%${match.part.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`}`;
  }
}
