import type { Tx } from "../db/client.ts";
import {
  getRecurringInvoiceLine,
  listRecurringInvoiceLines,
  type RecurringInvoiceLineRow,
} from "../db/recurring-invoice-lines.ts";
import { lockRecurringInvoice, type RecurringInvoiceRow } from "../db/recurring-invoices.ts";
import type { Acting } from "./acting.ts";
import { checkPlaceholders } from "./check-placeholders.ts";
import { completeLines, type LineInput } from "./complete-lines.ts";
import { draftOfLine, type LineDraft } from "./price-invoice.ts";
import { rewriteRecurringInvoice } from "./rewrite-recurring-invoice.ts";

type OneLine = Omit<LineInput, "id"> & { seriesId: number };

/** Adds a line below the others. Invoices already made stay as they are. */
export async function addRecurringLine(
  tx: Tx,
  by: Acting,
  { seriesId, ...input }: OneLine,
): Promise<RecurringInvoiceLineRow> {
  const { series, drafts } = await lockLines(tx, by, seriesId);
  const last = drafts.reduce((most, draft) => Math.max(most, draft.sortOrder), -1);
  const line = { ...input, sortOrder: input.sortOrder ?? last + 1 };
  const added = await complete(tx, by, line, []);
  await rewriteRecurringInvoice(tx, by, series, {
    lines: [...drafts, added],
    fieldOf: plainField,
    facts: { changed: ["lines"] },
  });
  const lines = await listRecurringInvoiceLines(tx, {
    companyId: by.company.id,
    seriesIds: [seriesId],
  });
  const known = new Set(drafts.map((draft) => draft.id));
  const row = lines.find(({ id }) => !known.has(id));
  if (row === undefined) throw new Error("the line was not inserted");
  return row;
}

/** Writes a line anew; its service, taxes and place stay when they are left out. */
export async function updateRecurringLine(
  tx: Tx,
  by: Acting,
  { seriesId, lineId, ...input }: OneLine & { lineId: number },
): Promise<RecurringInvoiceLineRow> {
  const where = { companyId: by.company.id, seriesId, id: lineId };
  const { series, drafts } = await lockLines(tx, by, seriesId);
  const stored = await getRecurringInvoiceLine(tx, where);
  const line = { ...input, id: lineId, sortOrder: input.sortOrder ?? stored.sortOrder };
  const changed = await complete(tx, by, line, drafts);
  await rewriteRecurringInvoice(tx, by, series, {
    lines: drafts.map((draft) => (draft.id === lineId ? changed : draft)),
    fieldOf: plainField,
    facts: { changed: ["lines"] },
  });
  return await getRecurringInvoiceLine(tx, where);
}

export async function deleteRecurringLine(
  tx: Tx,
  by: Acting,
  { seriesId, lineId }: { seriesId: number; lineId: number },
): Promise<void> {
  const { series, drafts } = await lockLines(tx, by, seriesId);
  await getRecurringInvoiceLine(tx, { companyId: by.company.id, seriesId, id: lineId });
  await rewriteRecurringInvoice(tx, by, series, {
    lines: drafts.filter((draft) => draft.id !== lineId),
    facts: { changed: ["lines"] },
  });
}

async function lockLines(
  tx: Tx,
  by: Acting,
  seriesId: number,
): Promise<{ series: RecurringInvoiceRow; drafts: (LineDraft & { id: number })[] }> {
  const companyId = by.company.id;
  const series = await lockRecurringInvoice(tx, { companyId, id: seriesId });
  const lines = await listRecurringInvoiceLines(tx, { companyId, seriesIds: [seriesId] });
  return { series, drafts: lines.map(draftOfLine) };
}

async function complete(
  tx: Tx,
  by: Acting,
  line: LineInput,
  known: readonly (LineDraft & { id: number })[],
): Promise<LineDraft> {
  checkPlaceholders({ description: line.description });
  const [draft] = await completeLines(tx, by.company, {
    lines: [line],
    known: new Map(known.map((stored) => [stored.id, stored])),
    fieldOf: plainField,
  });
  if (draft === undefined) throw new Error("a line came to nothing");
  return draft;
}

function plainField(_index: number, field: string): string {
  return field;
}
