import { matchNumbers } from "../billing/number-search.ts";
import type { InvoiceStatus } from "../billing/statuses.ts";
import type { Sql } from "../db/client.ts";
import { findClientsNamed } from "../db/clients.ts";
import {
  listInvoicesByIds,
  listInvoicesOfStates,
  pickInvoices,
  summarizeInvoices,
  type InvoiceFilter,
  type InvoicePlace,
  type InvoiceState,
  type InvoiceText,
} from "../db/invoice-lists.ts";
import {
  sumInvoiceTallies,
  type InvoiceSummaryRow,
  type InvoiceTallyRow,
} from "../db/invoice-tallies.ts";
import type { InvoiceRow } from "../db/invoices.ts";

export interface InvoicesAsked extends Omit<InvoiceFilter, "states" | "texts"> {
  statuses?: readonly InvoiceStatus[] | undefined;
}

export interface InvoiceList {
  invoices: InvoiceRow[];
  /** Of all statuses, whatever statuses the invoices are of. */
  summary: InvoiceSummaryRow[];
}

/** Up to so many invoices are rather collected and sorted than met with on the way through all of them. */
const collectedMax = 100_000;
/** More clients than this are no shorter way to invoices than the invoices themselves. */
const clientsMax = 500;

/**
 * One page of a company's invoices, deleted ones left out, and what all that match come to. Whole states
 * (statuses, archived or not) are known by their tallies and read in order from the nearer end; what a
 * narrow filter matches is looked up, and counted and sorted at once. docs/explain-plans.md has the plans.
 */
export async function loadInvoiceList(
  sql: Sql,
  asked: InvoicesAsked,
  page: InvoicePlace,
): Promise<InvoiceList> {
  const { companyId, statuses, isArchived, search, numberPart } = asked;
  const isNarrow = [asked.clientId, asked.projectId, asked.categoryId, asked.ids].some(
    (part) => part !== undefined,
  );
  if (isNarrow) return await collect(sql, asked, { ...page, statuses });

  const byStem = search !== undefined || numberPart !== undefined;
  const tallies = (await sumInvoiceTallies(sql, { companyId, byStem })).filter(
    (tally) => isArchived === undefined || tally.isArchived === isArchived,
  );
  const texts = byStem ? await readTexts(sql, asked, tallies) : [];
  if (texts === "nothing") return { invoices: [], summary: [] };
  const filter = { companyId, states: statesOf(tallies), texts };
  const summary = await summarize(sql, filter, tallies);
  const wanted = summary?.filter(({ status }) => statuses?.includes(status) ?? true);
  const total = wanted?.reduce((sum, { count }) => sum + count, 0) ?? 0;
  if (summary === undefined || (hasBeginnings(texts) && total <= collectedMax)) {
    return await collect(sql, filter, { ...page, statuses });
  }
  if (page.offset >= total) return { invoices: [], summary };
  const states = statesOf(tallies.filter(({ status }) => statuses?.includes(status) ?? true));
  const { place, isReversed } = fromNearerEnd(page, total);
  const invoices = await listInvoicesOfStates(sql, { companyId, states, texts }, place);
  return { invoices: isReversed ? invoices.toReversed() : invoices, summary };
}

async function collect(
  sql: Sql,
  filter: InvoiceFilter,
  page: InvoicePlace & { statuses: readonly InvoiceStatus[] | undefined },
): Promise<InvoiceList> {
  const { summary, ids } = await pickInvoices(sql, filter, page);
  const { companyId } = filter;
  return { summary, invoices: await listInvoicesByIds(sql, { companyId, ids }) };
}

/** What has to be looked for once it is known what the numbers begin with and who is called how. */
async function readTexts(
  sql: Sql,
  { companyId, search, numberPart }: InvoicesAsked,
  tallies: readonly InvoiceTallyRow[],
): Promise<InvoiceText[] | "nothing"> {
  const stems = [...new Set(tallies.map(({ numberStem }) => numberStem))];
  const texts: InvoiceText[] = [];
  for (const [text, namesToo] of [
    [numberPart, false],
    [search, true],
  ] as const) {
    if (text === undefined) continue;
    const numbers = matchNumbers(text, stems);
    if (numbers.kind === "all") continue;
    const clients = namesToo ? await findClientsNamed(sql, { companyId, part: text }) : undefined;
    if (clients?.isAll === true) continue;
    const clientIds = clients?.ids ?? [];
    if (numbers.kind === "none" && clientIds.length === 0) return "nothing";
    texts.push({ numbers, clientIds });
  }
  return texts;
}

/** Undefined where collecting what matches is the quickest way to count it. */
async function summarize(
  sql: Sql,
  filter: InvoiceFilter & { texts: readonly InvoiceText[] },
  tallies: readonly InvoiceTallyRow[],
): Promise<InvoiceSummaryRow[] | undefined> {
  const { texts } = filter;
  const [text] = texts;
  if (text === undefined) return addUp(tallies);
  const isBroad = texts.every(
    ({ numbers, clientIds }) =>
      clientIds.length > clientsMax || (numbers.kind === "digits" && numbers.digits.length < 3),
  );
  if (isBroad) return await summarizeInvoices(sql, filter);
  if (texts.length > 1 || text.clientIds.length > 0 || text.numbers.kind !== "beginnings") {
    return undefined;
  }
  const { beginnings } = text.numbers;
  const begun = tallies.filter(({ numberStem }) => beginnings.includes(numberStem));
  const known = new Set(begun.map(({ numberStem }) => numberStem));
  return known.size === beginnings.length ? addUp(begun) : undefined;
}

function hasBeginnings(texts: readonly InvoiceText[]): boolean {
  return texts.some(({ numbers }) => numbers.kind === "beginnings");
}

/** The last page of a long list is the first of the same list upside down. */
function fromNearerEnd(
  { sort, limit, offset }: InvoicePlace,
  total: number,
): { place: InvoicePlace; isReversed: boolean } {
  if (offset <= total / 2) return { place: { sort, limit, offset }, isReversed: false };
  const count = Math.min(limit, total - offset);
  const upsideDown = { field: sort.field, isDescending: !sort.isDescending };
  return {
    place: { sort: upsideDown, limit: count, offset: total - offset - count },
    isReversed: true,
  };
}

function statesOf(tallies: readonly InvoiceTallyRow[]): InvoiceState[] {
  const states = tallies.map(({ status, isArchived }) => ({ status, isArchived }));
  return [
    ...new Map(states.map((state) => [`${state.status} ${state.isArchived}`, state])).values(),
  ];
}

/** By currency and status, whatever else the rows tell apart. */
function addUp(rows: readonly InvoiceSummaryRow[]): InvoiceSummaryRow[] {
  const sums = new Map<string, InvoiceSummaryRow>();
  for (const { status, currency, count, total, amountPaid, amountDue } of rows) {
    const key = `${currency} ${status}`;
    const sum = sums.get(key);
    sums.set(key, {
      status,
      currency,
      count: count + (sum?.count ?? 0),
      total: total + (sum?.total ?? 0n),
      amountPaid: amountPaid + (sum?.amountPaid ?? 0n),
      amountDue: amountDue + (sum?.amountDue ?? 0n),
    });
  }
  return [...sums.values()];
}
