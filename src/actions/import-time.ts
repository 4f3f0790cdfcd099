import { quantityOfTime } from "../billing/worked-time.ts";
import type { Tx } from "../db/client.ts";
import { lockInvoice, type InvoiceRow } from "../db/invoices.ts";
import {
  linkLinesToTime,
  listWorkNames,
  lockTimeEntries,
  markTimeBilled,
  type TimeEntryRow,
  type WorkNamesRow,
} from "../db/time-entries.ts";
import { InvalidInput } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { addInvoiceLines } from "./change-invoice-lines.ts";

/** As long as the text of a line may be. */
const DESCRIPTION_MAX = 1000;

/**
 * Bills time entries: each becomes a line of hours (four decimals) at its hourly rate, taxed as its
 * service is or as the company does by default. Throws `Conflict` when the invoice is paid or
 * cancelled, `InvalidInput` when an entry cannot be billed on it; then none is.
 */
export async function importTime(
  tx: Tx,
  by: Acting,
  { invoiceId, ids }: { invoiceId: number; ids: readonly number[] },
): Promise<InvoiceRow> {
  const companyId = by.company.id;
  const invoice = await lockInvoice(tx, { companyId, id: invoiceId });
  if (ids.length === 0) return invoice;

  const found = byId(await lockTimeEntries(tx, { companyId, ids }));
  const entries = ids.map((id, index) => checkBillable(invoice, found.get(id), index));
  const names = byId(await listWorkNames(tx, { companyId, ids }));
  const { invoice: billed, lines } = await addInvoiceLines(tx, by, {
    invoiceId,
    lines: entries.map((entry) => {
      const work = names.get(entry.id)!;
      return {
        serviceId: work.serviceIsGone ? null : entry.serviceId,
        description: describe(entry, work),
        quantity: quantityOfTime(entry.duration),
        unitPrice: entry.hourlyRate * 1_000_000n,
      };
    }),
    fieldOf: (index) => `time_entry_ids.${index}`,
    facts: { time_entry_ids: ids },
  });
  await linkLinesToTime(tx, {
    companyId,
    invoiceId,
    links: entries.map((entry, index) => ({ lineId: lines[index]!.id, timeEntryId: entry.id })),
  });
  await markTimeBilled(tx, { companyId, invoiceId, ids, now: by.now });
  return billed;
}

function checkBillable(
  invoice: InvoiceRow,
  entry: TimeEntryRow | undefined,
  index: number,
): TimeEntryRow & { hourlyRate: bigint } {
  const refuse = (text: string): never => {
    throw new InvalidInput({ [`time_entry_ids.${index}`]: [text] });
  };
  if (entry === undefined) return refuse("There is no such time entry.");
  if (entry.isRunning) return refuse("The timer of this time entry is still running.");
  if (entry.isBilled) {
    return refuse(
      entry.invoiceId === null
        ? "This time entry is already billed."
        : `This time entry is already billed on invoice ${entry.invoiceId}.`,
    );
  }
  if (!entry.isBillable) return refuse("This time entry is not billable.");
  if (entry.clientId !== null && entry.clientId !== invoice.clientId) {
    return refuse("This time was worked for another client.");
  }
  const { hourlyRate } = entry;
  if (hourlyRate === null) return refuse("This time entry has no hourly rate.");
  if (entry.duration === 0) return refuse("This time entry has no time in it.");
  return { ...entry, hourlyRate };
}

/** What was done, and the day: "API integration (2026-03-11)". */
function describe(entry: TimeEntryRow, work: WorkNamesRow): string {
  const what = entry.notes ?? work.serviceName ?? work.projectName ?? "Work";
  const day = ` (${entry.date})`;
  // Whole characters, as PostgreSQL counts them.
  const characters = Array.from(what);
  const most = DESCRIPTION_MAX - day.length;
  const text = characters.length > most ? `${characters.slice(0, most - 1).join("")}…` : what;
  return text + day;
}

function byId<Row extends { id: number }>(rows: readonly Row[]): Map<number, Row> {
  return new Map(rows.map((row) => [row.id, row]));
}
