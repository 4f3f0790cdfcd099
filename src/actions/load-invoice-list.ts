import { matchNumbers } from "../billing/number-search.ts";
import type { Sql } from "../db/client.ts";
import { findClientsNamed } from "../db/clients.ts";
import {
  listInvoicesFound,
  listInvoicesOfStates,
  summarizeInvoices,
  type InvoiceFilter,
  type InvoicePlace,
  type InvoiceState,
  type InvoiceText,
  type ListedInvoiceRow,
} from "../db/invoice-lists.ts";
import {
  sumInvoiceTallies,
  type InvoiceSummaryRow,
  type InvoiceTallyRow,
} from "../db/invoice-tallies.ts";

export type InvoicesAsked = Omit<InvoiceFilter, "states" | "texts">;

export interface InvoiceList {
  invoices: ListedInvoiceRow[];
  /** Of all statuses, whatever statuses the invoices are of. */
  summary: InvoiceSummaryRow[];
}

/** A filter, what all that it matches come to, and where they are. */
interface Found {
  filter: InvoiceFilter;
  summary: InvoiceSummaryRow[];
  states: readonly InvoiceState[];
  /** Whether every invoice of the company is meant. */
  isAll?: boolean;
  /** Up to so many are rather collected and sorted than met with on the way through all invoices. */
  collectedMax: number;
}

/** Spread over all invoices. */
const collectedMax = 50_000;
/** Numbers that begin alike were mostly given one after the other, and lie side by side. */
const collectedNeighboursMax = 200_000;

/**
 * One page of a company's invoices, deleted ones left out, and what all that match come to. Whole states
 * (statuses, archived or not) are known by their tallies and read in order from the nearer end; of other
 * filters, what matches is counted, and is collected and sorted when it is not too much.
 * docs/explain-plans.md has the plans.
 */
export async function loadInvoiceList(
  sql: Sql,
  { statuses, ...asked }: InvoicesAsked,
  page: InvoicePlace,
): Promise<InvoiceList> {
  const isNarrow = [asked.clientId, asked.projectId, asked.categoryId, asked.ids].some(
    (part) => part !== undefined,
  );
  const found = isNarrow ? await findNarrow(sql, asked) : await findBroad(sql, asked);
  if (found === "nothing") return { invoices: [], summary: [] };
  const { filter, summary } = found;
  const total = summary
    .filter(({ status }) => statuses?.includes(status) ?? true)
    .reduce((sum, { count }) => sum + count, 0);
  if (page.offset >= total) return { invoices: [], summary };
  if (total <= found.collectedMax) {
    return { invoices: await listInvoicesFound(sql, { ...filter, statuses }, page), summary };
  }
  const states = found.states.filter(({ status }) => statuses?.includes(status) ?? true);
  const { place, isReversed } = fromNearerEnd(page, total);
  // All of them lie in the order of their ids, whatever their states.
  const invoices =
    found.isAll && statuses === undefined && place.sort.field === "id"
      ? await listInvoicesFound(sql, filter, place)
      : await listInvoicesOfStates(sql, { ...filter, states }, place);
  return { invoices: isReversed ? invoices.toReversed() : invoices, summary };
}

async function findNarrow(sql: Sql, filter: InvoicesAsked): Promise<Found> {
  const summary = await summarizeInvoices(sql, filter);
  const { isArchived } = filter;
  const statuses = [...new Set(summary.map(({ status }) => status))];
  const states = (isArchived === undefined ? [false, true] : [isArchived]).flatMap((archived) =>
    statuses.map((status): InvoiceState => ({ status, isArchived: archived })),
  );
  return { filter, summary, states, collectedMax };
}

async function findBroad(sql: Sql, asked: InvoicesAsked): Promise<Found | "nothing"> {
  const { companyId, isArchived, search, numberPart } = asked;
  const byStem = search !== undefined || numberPart !== undefined;
  const tallies = (await sumInvoiceTallies(sql, { companyId, byStem })).filter(
    (tally) => isArchived === undefined || tally.isArchived === isArchived,
  );
  const states = statesOf(tallies);
  const texts = byStem ? await readTexts(sql, asked, tallies) : [];
  if (texts === "nothing") return "nothing";
  if (texts.length === 0) {
    const isAll = isArchived === undefined;
    return { filter: { companyId }, summary: addUp(tallies), states, isAll, collectedMax: 0 };
  }
  // The index by number has the states before it; others have not.
  const filter = texts.some(({ numbers }) => numbers.kind === "beginnings")
    ? { companyId, texts, states }
    : { companyId, texts, isArchived };
  const known = texts.length === 1 ? tallyOf(texts[0]!, tallies) : undefined;
  const summary = known ?? (await summarizeInvoices(sql, filter));
  return { filter, summary, states, collectedMax: collectedMaxOf(texts) };
}

/** What has to be looked for once it is known what the numbers begin with and who is called how. */
async function readTexts(
  sql: Sql,
  { companyId, search, numberPart }: InvoicesAsked,
  tallies: readonly InvoiceTallyRow[],
): Promise<InvoiceText[] | "nothing"> {
  const stems = stemsOf(tallies);
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

/** Undefined when the numbers begin in more ways than are tallied. */
function stemsOf(tallies: readonly InvoiceTallyRow[]): string[] | undefined {
  const stems = [...new Set(tallies.map(({ numberStem }) => numberStem))];
  const known = stems.filter((stem) => stem !== null);
  return known.length < stems.length ? undefined : known;
}

/** What the tallies say about a text that is about whole stems only; undefined when it is not. */
function tallyOf(
  { numbers, clientIds }: InvoiceText,
  tallies: readonly InvoiceTallyRow[],
): InvoiceSummaryRow[] | undefined {
  if (clientIds.length > 0 || numbers.kind !== "beginnings") return undefined;
  const begun = tallies.filter(
    ({ numberStem }) => numberStem !== null && numbers.beginnings.includes(numberStem),
  );
  const stems = new Set(begun.map(({ numberStem }) => numberStem));
  return stems.size === numbers.beginnings.length ? addUp(begun) : undefined;
}

function collectedMaxOf(texts: readonly InvoiceText[]): number {
  const kinds = texts.map(({ numbers }) => numbers.kind);
  // No index finds them: whoever collects them reads all numbers.
  if (kinds.every((kind) => kind === "few-digits")) return 0;
  return kinds.includes("beginnings") ? collectedNeighboursMax : collectedMax;
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
