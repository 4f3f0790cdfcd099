import { z } from "zod";
import { byId } from "../../../actions/by-id.ts";
import type { TaskChanges } from "../../../actions/change-tasks.ts";
import type { Sql, Tx } from "../../../db/client.ts";
import { listTaskNames, sumTaskTime } from "../../../db/task-details.ts";
import { taskStatuses, type TaskRow } from "../../../db/tasks.ts";
import { dateJson, instantJson, presentInstant } from "../../answers.ts";
import type { CompanyContext } from "../../context.ts";
import { localDate, moneyMinor, optionalText, requiredText } from "../../inputs.ts";
import { minorJson } from "../../units.ts";
import { idInBody } from "../invoices/line-inputs.ts";
import { loadTags, tagsInBody, tagsJson } from "../tags/tags-of-records.ts";

const named = z.object({ id: z.int(), name: z.string() }).nullable().optional();
const seconds = z.int().meta({ description: "Seconds." });

export const taskJson = z
  .object({
    id: z.int(),
    user_id: z.int().nullable().meta({ description: "Who is to do it." }),
    client_id: z.int().nullable(),
    project_id: z.int().nullable(),
    summary: z.string(),
    notes: z.string().nullable(),
    status: z.enum(taskStatuses),
    position: z.int().meta({ description: "Its place in the list, lowest first." }),
    due_date: dateJson.nullable(),
    is_billable: z.boolean(),
    hourly_rate: minorJson.nullable().meta({ description: "Minor units an hour." }),
    completed_at: instantJson.nullable(),
    is_archived: z.boolean(),
    created_at: instantJson,
    updated_at: instantJson,
    tags: tagsJson,
    client: named.meta({ description: "Left out without clients:read." }),
    project: named.meta({ description: "Left out without projects:read." }),
    time: z
      .object({ duration: seconds, billable_duration: seconds, unbilled_duration: seconds })
      .optional()
      .meta({ description: "Worked on it so far. Left out without time-entries:read." }),
  })
  .meta({ id: "Task" });

export const taskAnswer = z.object({ data: taskJson });

/** Tasks as the caller may see them: of what they may not read, there are ids only. */
export async function presentTasks(
  sql: Sql | Tx,
  context: Pick<CompanyContext, "company" | "mayUse">,
  tasks: readonly TaskRow[],
): Promise<z.input<typeof taskJson>[]> {
  const { company, mayUse } = context;
  const key = { companyId: company.id, ids: tasks.map((task) => task.id) };
  const [showsClient, showsProject] = [mayUse("clients:read"), mayUse("projects:read")];
  const showsTime = mayUse("time-entries:read");
  // One after the other: this may be a transaction, which is one connection.
  const names = byId(showsClient || showsProject ? await listTaskNames(sql, key) : []);
  const sums = showsTime ? await sumTaskTime(sql, key) : [];
  const times = new Map(sums.map((sum) => [sum.taskId, sum]));
  const tagsOf = await loadTags(sql, context, "task", key.ids);
  return tasks.map((task) => {
    const { clientName = null, projectName = null } = names.get(task.id) ?? {};
    const time = times.get(task.id);
    return {
      ...presentTask(task),
      ...tagsOf(task.id),
      ...(showsClient ? { client: nameOf(task.clientId, clientName) } : {}),
      ...(showsProject ? { project: nameOf(task.projectId, projectName) } : {}),
      ...(showsTime
        ? {
            time: {
              duration: Number(time?.duration ?? 0n),
              billable_duration: Number(time?.billable ?? 0n),
              unbilled_duration: Number(time?.unbilled ?? 0n),
            },
          }
        : {}),
    };
  });
}

function presentTask(task: TaskRow) {
  return {
    id: task.id,
    user_id: task.userId,
    client_id: task.clientId,
    project_id: task.projectId,
    summary: task.summary,
    notes: task.notes,
    status: task.status,
    position: Number(task.position),
    due_date: task.dueDate,
    is_billable: task.isBillable,
    hourly_rate: task.hourlyRate === null ? null : Number(task.hourlyRate),
    completed_at: presentInstant(task.completedAt),
    is_archived: task.isArchived,
    created_at: presentInstant(task.createdAt),
    updated_at: presentInstant(task.updatedAt),
  };
}

function nameOf(id: number | null, name: string | null): { id: number; name: string } | null {
  return id === null || name === null ? null : { id, name };
}

/** What may be said about a task; a new one needs a summary. */
export const taskBody = z.strictObject({
  summary: requiredText(500).optional(),
  notes: optionalText(10_000),
  status: z.enum(taskStatuses).optional(),
  due_date: localDate.nullable().optional(),
  user_id: idInBody.nullable().optional(),
  client_id: idInBody.nullable().optional(),
  project_id: idInBody.nullable().optional(),
  is_billable: z.boolean().optional(),
  hourly_rate: moneyMinor.nullable().optional(),
  is_archived: z.boolean().optional(),
  tags: tagsInBody.optional(),
});

/** What a request gives, in the names of the row. */
export function taskInput(body: z.output<typeof taskBody>): TaskChanges {
  return {
    summary: body.summary,
    notes: body.notes,
    status: body.status,
    dueDate: body.due_date,
    userId: body.user_id,
    clientId: body.client_id,
    projectId: body.project_id,
    isBillable: body.is_billable,
    hourlyRate: body.hourly_rate,
    isArchived: body.is_archived,
  };
}
