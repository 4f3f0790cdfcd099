import { approvalOf, isDecidedSo, type Decision } from "../billing/approvals.ts";
import type { Tx } from "../db/client.ts";
import { writeTimeApproval, type TimeEntryRow } from "../db/time-entries.ts";
import { Conflict } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { recordTimeEvents } from "./time-events.ts";

/**
 * Approves or rejects locked entries, all or none; one that is decided so already stays as it is. It says
 * who stands for the time, and does not keep it off invoices. Throws `Conflict` for a running timer and
 * for time that is billed.
 */
export async function decideTime(
  tx: Tx,
  by: Acting & { causerId: number },
  entries: readonly TimeEntryRow[],
  decision: Decision,
): Promise<TimeEntryRow[]> {
  entries.forEach(checkCanBeDecided);
  const open = entries.filter((entry) => !isDecidedSo(entry, decision));
  if (open.length === 0) return [...entries];
  const decided = await writeTimeApproval(
    tx,
    { companyId: by.company.id, ids: open.map(({ id }) => id), now: by.now },
    approvalOf(decision, by.causerId, by.now),
  );
  const facts = decision.approval === "rejected" ? { reason: decision.reason } : {};
  const types = { approved: "time_entry.approved", rejected: "time_entry.rejected" };
  await recordTimeEvents(tx, by, types[decision.approval], decided, facts);
  const rows = new Map(decided.map((entry) => [entry.id, entry]));
  return entries.map((entry) => rows.get(entry.id) ?? entry);
}

/** Tells that a change has taken back what was decided; `before` is the entry as it was decided about. */
export async function recordTimeApprovalWithdrawn(
  tx: Tx,
  by: Acting,
  before: TimeEntryRow,
  changed: TimeEntryRow,
): Promise<void> {
  if (before.approval === changed.approval) return;
  const facts = {
    approval_before: before.approval,
    duration_before: before.duration,
    hourly_rate_before: before.hourlyRate,
  };
  await recordTimeEvents(tx, by, "time_entry.approval_withdrawn", [changed], facts);
}

function checkCanBeDecided({ id, isRunning, isBilled }: TimeEntryRow): void {
  if (isRunning) {
    throw new Conflict(`Time entry ${id} is still running; stop its timer first.`);
  }
  if (isBilled) {
    throw new Conflict(
      `Time entry ${id} is billed already; it can be neither approved nor rejected any more.`,
      { code: "time_entry_billed" },
    );
  }
}
