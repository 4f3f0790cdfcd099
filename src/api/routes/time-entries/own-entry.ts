import { lockTimeEntry } from "../../../actions/change-time.ts";
import type { Tx } from "../../../db/client.ts";
import type { TimeEntryRow } from "../../../db/time-entries.ts";
import { NotFound } from "../../../errors.ts";
import type { CompanyContext } from "../../context.ts";
import { requireRole } from "../../define-route.ts";

/**
 * A time entry, locked, to be changed by who worked or an admin. Throws NotFound, also for one that is not of
 * the task where one is named, and Forbidden to others.
 */
export async function lockOwnTimeEntry(
  { tx, company, user, role }: Pick<CompanyContext, "company" | "user" | "role"> & { tx: Tx },
  { id, taskId }: { id: number; taskId?: number },
): Promise<TimeEntryRow> {
  const entry = await lockTimeEntry(tx, { companyId: company.id, id });
  if (taskId !== undefined && entry.taskId !== taskId) throw new NotFound("Time entry");
  if (entry.userId !== user.id) requireRole(role, "admin");
  return entry;
}
