import { quantityOfTime } from "../billing/worked-time.ts";
import type { Tx } from "../db/client.ts";
import { lockInvoice, type InvoiceRow } from "../db/invoices.ts";
import { listWorkNames, lockTimeEntries, type TimeEntryRow } from "../db/time-entries.ts";
import { InvalidInput } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { billWork, describeWork } from "./bill-work.ts";
import { byId } from "./by-id.ts";

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
  return await billWork(tx, by, {
    invoiceId,
    table: "time_entries",
    key: "time_entry_ids",
    work: entries.map((entry) => {
      const { serviceIsGone, serviceName, projectName } = names.get(entry.id)!;
      const line = {
        serviceId: serviceIsGone ? null : entry.serviceId,
        description: describeWork(entry.notes ?? serviceName ?? projectName ?? "Work", entry.date),
        quantity: quantityOfTime(entry.duration),
        unitPrice: entry.hourlyRate * 1_000_000n,
      };
      return { id: entry.id, line };
    }),
  });
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
