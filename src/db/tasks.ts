import type { LocalDate } from "../billing/dates.ts";
import { NotFound } from "../errors.ts";
import type { Sql, Tx } from "./client.ts";

export const taskStatuses = ["open", "in_progress", "completed"] as const;
export type TaskStatus = (typeof taskStatuses)[number];

export interface TaskRow {
  id: number;
  /** Who is to do it; null for nobody yet. */
  userId: number | null;
  clientId: number | null;
  projectId: number | null;
  summary: string;
  notes: string | null;
  status: TaskStatus;
  /** Its place in the list, lowest first; no two have the same. */
  position: bigint;
  dueDate: LocalDate | null;
  isBillable: boolean;
  /** Minor units an hour; null: what work on it gets by itself. */
  hourlyRate: bigint | null;
  /** Set exactly while the status is `completed`. */
  completedAt: Date | null;
  isArchived: boolean;
  createdAt: Date;
  updatedAt: Date;
}

export type TaskFields = Omit<TaskRow, "id" | "position" | "createdAt" | "updatedAt">;

export interface TaskFilter {
  companyId: number;
  userId?: number | undefined;
  clientId?: number | undefined;
  projectId?: number | undefined;
  tagId?: number | undefined;
  status?: TaskStatus | undefined;
  isBillable?: boolean | undefined;
  isArchived?: boolean | undefined;
  hasNotes?: boolean | undefined;
  /** First and last day on which it is due, both included. */
  dueFrom?: LocalDate | undefined;
  dueTo?: LocalDate | undefined;
  /** Part of summary or notes, in any case. */
  search?: string | undefined;
}

export const taskSortFields = [
  "position",
  "summary",
  "status",
  "due_date",
  "completed_at",
  "created_at",
  "updated_at",
  "id",
] as const;

function columns(sql: Sql | Tx) {
  return sql`
    id, user_id, client_id, project_id, summary, notes, status, position, due_date, is_billable,
    hourly_rate, completed_at, is_archived, created_at, updated_at
  `;
}

/** Archived ones are found too. */
export async function findTask(
  sql: Sql | Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<TaskRow | undefined> {
  const [row] = await sql<TaskRow[]>`
    select ${columns(sql)} from tasks where company_id = ${companyId} and id = ${id}
  `;
  return row;
}

/** @throws NotFound */
export async function getTask(
  sql: Sql | Tx,
  ref: { companyId: number; id: number },
): Promise<TaskRow> {
  const task = await findTask(sql, ref);
  if (task === undefined) throw new NotFound("Task");
  return task;
}

/** As `findTask`, and nobody else may change it until the transaction ends. */
export async function lockTask(
  tx: Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<TaskRow | undefined> {
  const [row] = await tx<TaskRow[]>`
    select ${columns(tx)} from tasks
    where company_id = ${companyId} and id = ${id}
    for no key update
  `;
  return row;
}

export async function listTasks(
  sql: Sql | Tx,
  filter: TaskFilter,
  page: {
    sort: { field: (typeof taskSortFields)[number]; isDescending: boolean };
    limit: number;
    offset: number;
  },
): Promise<TaskRow[]> {
  const direction = page.sort.isDescending ? sql`desc` : sql`asc`;
  return await sql<TaskRow[]>`
    select ${columns(sql)}
    from tasks
    where ${matches(sql, filter)}
    order by ${sql(page.sort.field)} ${direction} nulls last, id ${direction}
    limit ${page.limit} offset ${page.offset}
  `;
}

export async function countTasks(sql: Sql | Tx, filter: TaskFilter): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from tasks where ${matches(sql, filter)}
  `;
  return row?.count ?? 0;
}

/** A new one is the last of the list. */
export async function insertTask(
  tx: Tx,
  { companyId, now, ...fields }: TaskFields & { companyId: number; now: Date },
): Promise<TaskRow> {
  const [row] = await tx<TaskRow[]>`
    insert into tasks ${tx({ companyId, ...fields, createdAt: now, updatedAt: now })}
    returning ${columns(tx)}
  `;
  if (row === undefined) throw new Error("the task was not inserted");
  return row;
}

/** Writes the given columns of a task that the transaction has locked. */
export async function updateTaskRow(
  tx: Tx,
  { companyId, id, now }: { companyId: number; id: number; now: Date },
  changes: Partial<TaskFields>,
): Promise<TaskRow> {
  const [row] = await tx<TaskRow[]>`
    update tasks set ${tx({ ...changes, updatedAt: now })}
    where company_id = ${companyId} and id = ${id}
    returning ${columns(tx)}
  `;
  if (row === undefined) throw new Error(`task ${id} is gone`);
  return row;
}

/**
 * Puts tasks in the order given: they exchange the places that they have among them, and no other is
 * written. One statement, whatever their number. Returns those of the ids that are tasks, and whether
 * their place is another one now.
 */
export async function reorderTaskRows(
  tx: Tx,
  { companyId, ids, now }: { companyId: number; ids: readonly number[]; now: Date },
): Promise<{ id: number; isMoved: boolean }[]> {
  return await tx<{ id: number; isMoved: boolean }[]>`
    with locked as materialized (
      select id, position
      from tasks
      where company_id = ${companyId} and id = any(${[...ids]}::int8[])
      order by id
      for no key update
    ),
    places as (
      select position, row_number() over (order by position) as place from locked
    ),
    wanted as (
      select locked.id, locked.position, row_number() over (order by named.place) as place
      from locked
      join unnest(${[...ids]}::int8[]) with ordinality as named (id, place) using (id)
    ),
    moved as (
      update tasks
      set position = places.position, updated_at = ${now}
      from wanted
      join places using (place)
      where tasks.company_id = ${companyId} and tasks.id = wanted.id
        -- The place it had once it was locked: the statement's own look at tasks may be older.
        and wanted.position <> places.position
      returning tasks.id
    )
    select locked.id, moved.id is not null as is_moved
    from locked
    left join moved on moved.id = locked.id
  `;
}

function matches(sql: Sql | Tx, filter: TaskFilter) {
  const { companyId, userId, clientId, projectId, tagId, status, isBillable, isArchived } = filter;
  const { hasNotes, dueFrom, dueTo, search } = filter;
  return sql`
    company_id = ${companyId}
    ${userId === undefined ? sql`` : sql`and user_id = ${userId}`}
    ${clientId === undefined ? sql`` : sql`and client_id = ${clientId}`}
    ${projectId === undefined ? sql`` : sql`and project_id = ${projectId}`}
    ${status === undefined ? sql`` : sql`and status = ${status}`}
    ${isBillable === undefined ? sql`` : sql`and is_billable = ${isBillable}`}
    ${isArchived === undefined ? sql`` : sql`and is_archived = ${isArchived}`}
    ${hasNotes === undefined ? sql`` : sql`and (notes is not null) = ${hasNotes}`}
    ${dueFrom === undefined ? sql`` : sql`and due_date >= ${dueFrom}`}
    ${dueTo === undefined ? sql`` : sql`and due_date <= ${dueTo}`}
    ${
      search === undefined
        ? sql``
        : sql`and strpos(lower(summary || ' ' || coalesce(notes, '')), lower(${search})) > 0`
    }
    ${
      tagId === undefined
        ? sql``
        : sql`
          and id in (
            select task_id from task_tags
            join tags on tags.company_id = task_tags.company_id and tags.id = task_tags.tag_id
            where task_tags.company_id = ${companyId} and tag_id = ${tagId} and deleted_at is null
          )
        `
    }
  `;
}
