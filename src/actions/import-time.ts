import { lineAmount } from "../billing/totals.ts";
import type { BilledTime } from "../billing/time-rules.ts";
import { importMax, shortHours } from "../billing/worked-time.ts";
import type { Tx } from "../db/client.ts";
import { lockInvoice, type InvoiceRow } from "../db/invoices.ts";
import { findTask } from "../db/tasks.ts";
import {
  listWorkNames,
  lockTimeEntries,
  lockUnbilledTimeOfTasks,
  type TimeEntryRow,
  type WorkNamesRow,
} from "../db/time-entries.ts";
import { InvalidInput } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { billWork, describeWork } from "./bill-work.ts";
import { billByRules, keepRuleUses } from "./bill-by-rules.ts";
import { byId } from "./by-id.ts";
import type { LineInput } from "./complete-lines.ts";

/**
 * Bills time entries: each becomes a line of hours (four decimals) at its hourly rate, taxed as its
 * service is or as the company does by default; billing rules round it and take off what retainers and
 * caps do. Of a task, all that can be billed on this invoice is.
 * Throws `Conflict` when the invoice is paid or cancelled, `InvalidInput` when an entry, or nothing of a
 * task, can be billed on it; then none is.
 */
export async function importTime(
  tx: Tx,
  by: Acting,
  input: { invoiceId: number; ids: readonly number[]; taskIds: readonly number[] },
): Promise<InvoiceRow> {
  const { invoiceId } = input;
  const companyId = by.company.id;
  const invoice = await lockInvoice(tx, { companyId, id: invoiceId });
  if (input.ids.length === 0 && input.taskIds.length === 0) return invoice;

  const found = byId(await lockTimeEntries(tx, { companyId, ids: input.ids }));
  const named = input.ids.map((id, index) => checkBillable(invoice, found.get(id), index));
  const ofTasks = await lockTimeOfTasks(tx, invoice, { companyId, taskIds: input.taskIds });
  const entries = [...named, ...ofTasks.filter(({ id }) => !found.has(id))];
  const ids = entries.map(({ id }) => id);
  const names = byId(await listWorkNames(tx, { companyId, ids }));
  const billing = await billByRules(tx, by, {
    invoiceId,
    entries: entries.map((entry) => ({ ...entry, currency: invoice.currency })),
  });
  const updated = await billWork(tx, by, {
    invoiceId,
    table: "time_entries",
    key: "time_entry_ids",
    work: entries.map((entry) => {
      const { serviceIsGone, ...what } = names.get(entry.id)!;
      const line = {
        serviceId: serviceIsGone ? null : entry.serviceId,
        description: describeWork(nameWork(entry, what), entry.date),
        ...priceWork(invoice, entry, billing.billed.get(entry.id)!),
      };
      return { id: entry.id, line };
    }),
  });
  await keepRuleUses(tx, by, { invoiceId, billing });
  return updated;
}

/**
 * What of a line its time decides. What retainers and caps take off is the line's own discount; lines of
 * an invoice that is taxed as a whole have none, so there the line is one of what is left.
 */
function priceWork(
  { taxType }: InvoiceRow,
  { hourlyRate }: Billable,
  { seconds, quantity, credit, remarks }: BilledTime,
): Pick<LineInput, "quantity" | "unitPrice" | "discount" | "longDescription"> {
  const unitPrice = hourlyRate * 1_000_000n;
  if (credit === 0n) return { quantity, unitPrice };
  if (taxType === "inline") {
    const discount = { type: "fixed", value: credit * 1_000n } as const;
    return { quantity, unitPrice, discount, longDescription: remarks.join("\n") };
  }
  return {
    quantity: 10_000n,
    unitPrice: (lineAmount(quantity, unitPrice) - credit) * 1_000_000n,
    longDescription: [`${shortHours(seconds)} h`, ...remarks].join("\n"),
  };
}

/** The task and what was noted, or one of them; else the service or the project. */
function nameWork(
  { notes }: TimeEntryRow,
  { taskSummary, serviceName, projectName }: Omit<WorkNamesRow, "id" | "serviceIsGone">,
): string {
  if (taskSummary !== null) return notes === null ? taskSummary : `${taskSummary}: ${notes}`;
  return notes ?? serviceName ?? projectName ?? "Work";
}

async function lockTimeOfTasks(
  tx: Tx,
  { clientId }: InvoiceRow,
  { companyId, taskIds }: { companyId: number; taskIds: readonly number[] },
): Promise<Billable[]> {
  if (taskIds.length === 0) return [];
  const limit = importMax + 1;
  const rows = await lockUnbilledTimeOfTasks(tx, { companyId, clientId, taskIds, limit });
  if (rows.length > importMax) {
    throw new InvalidInput({
      task_ids: [`These tasks have more than ${importMax} time entries to bill; name fewer.`],
    });
  }
  const billable = new Set(rows.map(({ taskId }) => taskId));
  for (const [index, id] of taskIds.entries()) {
    if (billable.has(id)) continue;
    const task = await findTask(tx, { companyId, id });
    const text =
      task === undefined
        ? "There is no such task."
        : "Nothing of this task can be billed on this invoice.";
    throw new InvalidInput({ [`task_ids.${index}`]: [text] });
  }
  return rows.flatMap(({ hourlyRate, ...row }) =>
    hourlyRate === null ? [] : [{ ...row, hourlyRate }],
  );
}

type Billable = TimeEntryRow & { hourlyRate: bigint };

function checkBillable(
  invoice: InvoiceRow,
  entry: TimeEntryRow | undefined,
  index: number,
): Billable {
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
