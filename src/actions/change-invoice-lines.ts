import type { Tx } from "../db/client.ts";
import { getInvoiceLine, listInvoiceLines, type InvoiceLineRow } from "../db/invoice-lines.ts";
import { lockInvoice, type InvoiceRow } from "../db/invoices.ts";
import { Conflict } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { completeLine, completeLines, plainField, type LineInput } from "./complete-lines.ts";
import { draftOfLine, type LineDraft } from "./price-invoice.ts";
import { rewriteInvoice } from "./rewrite-invoice.ts";
import { waiveLateFee } from "./waive-late-fee.ts";

/** Adds a line below the others. Throws `Conflict` when the invoice is paid or cancelled. */
export async function addInvoiceLine(
  tx: Tx,
  by: Acting,
  { invoiceId, ...line }: Omit<LineInput, "id"> & { invoiceId: number },
): Promise<InvoiceLineRow> {
  const { lines } = await addInvoiceLines(tx, by, {
    invoiceId,
    lines: [line],
    fieldOf: plainField,
  });
  return lines[0]!;
}

/** The same with several lines at once, which come back in the order given. */
export async function addInvoiceLines(
  tx: Tx,
  by: Acting,
  input: {
    invoiceId: number;
    lines: readonly Omit<LineInput, "id">[];
    fieldOf: (index: number, field: string) => string;
    /** More facts for the event. */
    facts?: Readonly<Record<string, unknown>>;
  },
): Promise<{ invoice: InvoiceRow; lines: InvoiceLineRow[] }> {
  const { invoiceId, lines, fieldOf } = input;
  const { invoice, drafts } = await lockLines(tx, by, invoiceId);
  const last = drafts.reduce((most, draft) => Math.max(most, draft.sortOrder), -1);
  const added = await completeLines(tx, by.company, {
    lines: lines.map((line, index) => ({ ...line, sortOrder: line.sortOrder ?? last + 1 + index })),
    known: new Map(),
    taxType: invoice.taxType,
    fieldOf,
  });
  const changed = await rewriteInvoice(tx, by, invoice, {
    lines: [...drafts, ...added],
    // Amounts are worked out over all lines; the caller only knows those it added.
    fieldOf: (index, field) => fieldOf(Math.max(0, index - drafts.length), field),
    facts: { changed: ["line_items"], ...input.facts },
  });
  const known = new Set(drafts.map((draft) => draft.id));
  const stored = await listInvoiceLines(tx, { companyId: by.company.id, invoiceId });
  // Ids rise in the order in which lines are added.
  const written = stored
    .filter(({ id, isLateFee }) => !isLateFee && !known.has(id))
    .toSorted((a, b) => a.id - b.id);
  return { invoice: changed, lines: written };
}

/** Writes a line anew; its service, taxes and place stay when they are left out. */
export async function updateInvoiceLine(
  tx: Tx,
  by: Acting,
  { invoiceId, lineId, ...input }: Omit<LineInput, "id"> & { invoiceId: number; lineId: number },
): Promise<InvoiceLineRow> {
  const where = { companyId: by.company.id, invoiceId, id: lineId };
  const { invoice, drafts } = await lockLines(tx, by, invoiceId);
  const stored = await getInvoiceLine(tx, where);
  if (stored.isLateFee) {
    throw new Conflict("A late fee cannot be changed; delete its line to waive it.");
  }
  const changed = await completeLine(
    tx,
    by.company,
    { ...input, id: lineId, sortOrder: input.sortOrder ?? stored.sortOrder },
    { known: drafts, taxType: invoice.taxType },
  );
  await rewriteInvoice(tx, by, invoice, {
    lines: drafts.map((draft) => (draft.id === lineId ? changed : draft)),
    fieldOf: plainField,
    facts: { changed: ["line_items"] },
  });
  return await getInvoiceLine(tx, where);
}

/** Takes a line away. Taking a late fee away waives it (BILLING.md 6). */
export async function deleteInvoiceLine(
  tx: Tx,
  by: Acting,
  { invoiceId, lineId }: { invoiceId: number; lineId: number },
): Promise<void> {
  const { invoice, drafts } = await lockLines(tx, by, invoiceId);
  const line = await getInvoiceLine(tx, { companyId: by.company.id, invoiceId, id: lineId });
  if (line.isLateFee) {
    await waiveLateFee(tx, by, { invoice, line });
    return;
  }
  await rewriteInvoice(tx, by, invoice, {
    lines: drafts.filter((draft) => draft.id !== lineId),
    facts: { changed: ["line_items"] },
  });
}

async function lockLines(
  tx: Tx,
  by: Acting,
  invoiceId: number,
): Promise<{ invoice: InvoiceRow; drafts: (LineDraft & { id: number })[] }> {
  const companyId = by.company.id;
  const invoice = await lockInvoice(tx, { companyId, id: invoiceId });
  if (invoice.status === "paid" || invoice.status === "cancelled") {
    throw new Conflict(
      `Invoice ${invoice.invoiceNumber} is ${invoice.status}: its lines can no longer be changed.`,
    );
  }
  const lines = await listInvoiceLines(tx, { companyId, invoiceId });
  return { invoice, drafts: lines.filter((line) => !line.isLateFee).map(draftOfLine) };
}
