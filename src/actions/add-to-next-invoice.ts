import { importMax } from "../billing/worked-time.ts";
import type { Tx } from "../db/client.ts";
import { findNextInvoice } from "../db/next-invoices.ts";
import { findTask } from "../db/tasks.ts";
import { lockUnbilledTimeOfTasks, type TimeEntryRow } from "../db/time-entries.ts";
import type { Acting } from "./acting.ts";
import type { ActionResult, RuleTarget } from "./rule-effects.ts";
import { lockTimeEntry } from "./change-time.ts";
import { createInvoice, getBillableClient } from "./create-invoice.ts";
import { importTime } from "./import-time.ts";

/** Most lines of an invoice that rules bill on; what comes then goes on another one. */
const linesMax = importMax;

/**
 * Bills a time entry, or what of a task can be billed, on its client's next invoice: the newest draft
 * that nothing stands against, or a new one. What is on an invoice already stays there.
 *
 * @throws NotFound, Conflict or InvalidInput where a person could not bill it either
 */
export async function addToNextInvoice(
  tx: Tx,
  by: Acting,
  target: RuleTarget,
): Promise<ActionResult> {
  const found = await findWork(tx, by.company.id, target);
  if (found === undefined || "reason" in found) return found;
  const { clientId, ids } = found;
  const companyId = by.company.id;
  await getBillableClient(tx, companyId, clientId);
  const invoiceId =
    (await findNextInvoice(tx, { companyId, clientId, adding: ids.length, linesMax })) ??
    (await createInvoice(tx, by, { clientId })).invoice.id;
  await importTime(tx, by, { invoiceId, ids, taskIds: [] });
  return {
    effect: { type: "add_to_next_invoice", invoice_id: invoiceId, time_entry_ids: ids },
  };
}

type Work = { clientId: number; ids: number[] } | { reason: string } | undefined;

async function findWork(
  tx: Tx,
  companyId: number,
  { subjectType, subjectId: id }: RuleTarget,
): Promise<Work> {
  if (subjectType === "time-entry")
    return billableEntry(await lockTimeEntry(tx, { companyId, id }));
  const task = await findTask(tx, { companyId, id });
  if (task === undefined) return undefined;
  const { clientId } = task;
  if (clientId === null) return { reason: "The task is for no client." };
  const work = { companyId, clientId, taskIds: [id], limit: importMax };
  const ids = (await lockUnbilledTimeOfTasks(tx, work)).map((entry) => entry.id);
  return ids.length === 0 ? undefined : { clientId, ids };
}

function billableEntry(entry: TimeEntryRow): Work {
  if (entry.isBilled) return undefined;
  if (entry.isRunning) return { reason: "Its timer is still running." };
  if (!entry.isBillable) return { reason: "It is not billable." };
  if (entry.clientId === null) return { reason: "It is for no client." };
  if (entry.hourlyRate === null) return { reason: "It has no hourly rate." };
  if (entry.duration === 0) return { reason: "It has no time in it." };
  return { clientId: entry.clientId, ids: [entry.id] };
}
