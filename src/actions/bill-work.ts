import type { LocalDate } from "../billing/dates.ts";
import { linkLines, markBilled, type WorkTable } from "../db/billed-work.ts";
import type { Tx } from "../db/client.ts";
import type { InvoiceRow } from "../db/invoices.ts";
import type { Acting } from "./acting.ts";
import { addInvoiceLines } from "./change-invoice-lines.ts";
import type { LineInput } from "./complete-lines.ts";

/** As long as the text of a line may be. */
const DESCRIPTION_MAX = 1000;

/**
 * Adds a line to an invoice for each of some locked rows, which it bills from then on. `key` is how the
 * caller knows their list. Throws `Conflict` when the invoice is paid or cancelled.
 */
export async function billWork(
  tx: Tx,
  by: Acting,
  input: {
    invoiceId: number;
    table: WorkTable;
    key: string;
    work: readonly { id: number; line: Omit<LineInput, "id"> }[];
  },
): Promise<InvoiceRow> {
  const { invoiceId, table, key, work } = input;
  const ids = work.map(({ id }) => id);
  const { invoice, lines } = await addInvoiceLines(tx, by, {
    invoiceId,
    lines: work.map(({ line }) => line),
    fieldOf: (index) => `${key}.${index}`,
    facts: { [key]: ids },
  });
  const owner = { companyId: by.company.id, invoiceId };
  const links = ids.map((workId, index) => ({ workId, lineId: lines[index]!.id }));
  await linkLines(tx, table, { ...owner, links });
  await markBilled(tx, table, { ...owner, ids, now: by.now });
  return invoice;
}

/** What it was, and the day: "API integration (2026-03-11)". Cut to what a line holds. */
export function describeWork(what: string, date: LocalDate): string {
  const day = ` (${date})`;
  // Whole characters, as PostgreSQL counts them.
  const characters = Array.from(what);
  const most = DESCRIPTION_MAX - day.length;
  const text = characters.length > most ? `${characters.slice(0, most - 1).join("")}…` : what;
  return text + day;
}
