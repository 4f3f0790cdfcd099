import { lockTimeEntry } from "../../../actions/change-time.ts";
import type { Tx } from "../../../db/client.ts";
import type { TimeEntryRow } from "../../../db/time-entries.ts";
import { NotFound } from "../../../errors.ts";
import type { CompanyContext } from "../../context.ts";
import { localDate } from "../../inputs.ts";
import { requireRole } from "../../define-route.ts";
import { idInBody } from "../invoices/line-inputs.ts";
import { timeEntryBody } from "../time-entries/schema.ts";

/** Work on a task; for whom and on what, the task says. */
export const activityBody = timeEntryBody
  .omit({ client_id: true, project_id: true, task_id: true })
  .extend({ service_id: idInBody.nullable().optional(), date: localDate.optional() });

/**
 * Work on a task, locked, to be changed by who did it or an admin. Throws NotFound for what was worked
 * on another one, Forbidden to others.
 */
export async function lockActivity(
  { tx, company, user, role }: Pick<CompanyContext, "company" | "user" | "role"> & { tx: Tx },
  { task, activity }: { task: number; activity: number },
): Promise<TimeEntryRow> {
  const entry = await lockTimeEntry(tx, { companyId: company.id, id: activity });
  if (entry.taskId !== task) throw new NotFound("Time entry");
  if (entry.userId !== user.id) requireRole(role, "admin");
  return entry;
}
