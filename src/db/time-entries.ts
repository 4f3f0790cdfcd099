import type { ApprovalColumns } from "../billing/approvals.ts";
import type { LocalDate } from "../billing/dates.ts";
import type { Sql, Tx } from "./client.ts";
import { isBillableNow } from "./worked-time.ts";

export interface TimeEntryRow extends ApprovalColumns {
  id: number;
  userId: number;
  clientId: number | null;
  projectId: number | null;
  serviceId: number | null;
  taskId: number | null;
  /** Where the company is. */
  date: LocalDate;
  /** Seconds; 0 while the timer runs. */
  duration: number;
  /** Of a timer only. */
  startedAt: Date | null;
  endedAt: Date | null;
  isRunning: boolean;
  isBillable: boolean;
  isBilled: boolean;
  /** The invoice that bills it; none when it was billed elsewhere. */
  invoiceId: number | null;
  /** Minor units an hour. */
  hourlyRate: bigint | null;
  notes: string | null;
  createdAt: Date;
  updatedAt: Date;
}

/** What is written of an entry, whoever's it is. */
export type TimeEntryFields = Pick<
  TimeEntryRow,
  | "clientId"
  | "projectId"
  | "serviceId"
  | "taskId"
  | "date"
  | "duration"
  | "isBillable"
  | "isBilled"
  | "hourlyRate"
  | "notes"
>;

export interface TimeEntryFilter {
  companyId: number;
  userId?: number | undefined;
  clientId?: number | undefined;
  projectId?: number | undefined;
  serviceId?: number | undefined;
  taskId?: number | undefined;
  invoiceId?: number | undefined;
  /** First and last day, both included. */
  from?: LocalDate | undefined;
  to?: LocalDate | undefined;
  isBillable?: boolean | undefined;
  isBilled?: boolean | undefined;
  isRunning?: boolean | undefined;
  /** Part of the notes, in any case. */
  search?: string | undefined;
}

export const timeEntrySortFields = [
  "date",
  "duration",
  "hourly_rate",
  "created_at",
  "updated_at",
  "id",
] as const;

/** The columns of `TimeEntryRow`, to be composed into a statement that reads or returns entries. */
export function timeEntryColumns(sql: Sql | Tx) {
  return sql`
    id, user_id, client_id, project_id, service_id, task_id, date, duration, started_at, ended_at,
    is_running, is_billable, is_billed, invoice_id, hourly_rate, notes, approval,
    approval_at, approval_by, approval_reason, created_at, updated_at
  `;
}

export async function findTimeEntry(
  sql: Sql | Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<TimeEntryRow | undefined> {
  const [row] = await sql<TimeEntryRow[]>`
    select ${timeEntryColumns(sql)}
    from time_entries
    where company_id = ${companyId} and id = ${id} and deleted_at is null
  `;
  return row;
}

/** Locks those of the ids that are there, lowest first, so that two who lock several never deadlock. */
export async function lockTimeEntries(
  tx: Tx,
  { companyId, ids }: { companyId: number; ids: readonly number[] },
): Promise<TimeEntryRow[]> {
  return await tx<TimeEntryRow[]>`
    select ${timeEntryColumns(tx)}
    from time_entries
    where company_id = ${companyId} and id = any(${[...ids]}::int8[]) and deleted_at is null
    order by id
    for update
  `;
}

export async function listTimeEntries(
  sql: Sql | Tx,
  filter: TimeEntryFilter,
  page: {
    sort: { field: (typeof timeEntrySortFields)[number]; isDescending: boolean };
    limit: number;
    offset: number;
  },
): Promise<TimeEntryRow[]> {
  const direction = page.sort.isDescending ? sql`desc` : sql`asc`;
  return await sql<TimeEntryRow[]>`
    select ${timeEntryColumns(sql)}
    from time_entries
    where ${matches(sql, filter)}
    order by ${sql(page.sort.field)} ${direction} nulls last, id ${direction}
    limit ${page.limit} offset ${page.offset}
  `;
}

/** How many entries match, and their seconds together. */
export async function sumTimeEntries(
  sql: Sql | Tx,
  filter: TimeEntryFilter,
): Promise<{ count: number; duration: bigint }> {
  const [row] = await sql<{ count: number; duration: bigint }[]>`
    select count(*)::int as count, coalesce(sum(duration), 0)::int8 as duration
    from time_entries
    where ${matches(sql, filter)}
  `;
  return row ?? { count: 0, duration: 0n };
}

/** Adds entries, all in one statement; their ids rise in the order given, and come back in it. */
export async function insertTimeEntries(
  tx: Tx,
  { companyId, userId, now }: { companyId: number; userId: number; now: Date },
  entries: readonly TimeEntryFields[],
): Promise<TimeEntryRow[]> {
  const rows = await tx<TimeEntryRow[]>`
    insert into time_entries (
      company_id, user_id, client_id, project_id, service_id, task_id, date, duration, is_billable,
      is_billed, hourly_rate, notes, created_at, updated_at
    )
    select
      ${companyId}, ${userId}, p.client_id, p.project_id, p.service_id, p.task_id, p.date, p.duration,
      p.is_billable, p.is_billed, p.hourly_rate, p.notes, ${now}, ${now}
    from unnest(
      ${entries.map((entry) => entry.clientId)}::int8[],
      ${entries.map((entry) => entry.projectId)}::int8[],
      ${entries.map((entry) => entry.serviceId)}::int8[],
      ${entries.map((entry) => entry.taskId)}::int8[],
      ${entries.map((entry) => entry.date)}::text[]::date[],
      ${entries.map((entry) => entry.duration)}::int[],
      ${entries.map((entry) => (entry.isBillable ? "t" : "f"))}::text[]::boolean[],
      ${entries.map((entry) => (entry.isBilled ? "t" : "f"))}::text[]::boolean[],
      ${entries.map((entry) => (entry.hourlyRate === null ? null : String(entry.hourlyRate)))}::int8[],
      ${entries.map((entry) => entry.notes)}::text[]
    ) with ordinality as p (
      client_id, project_id, service_id, task_id, date, duration, is_billable, is_billed,
      hourly_rate, notes, position
    )
    order by p.position
    returning ${timeEntryColumns(tx)}
  `;
  return rows.toSorted((a, b) => a.id - b.id);
}

/** Writes an entry that the transaction has locked; without `approval` that stays as it is. */
export async function updateTimeEntryRow(
  tx: Tx,
  { companyId, id, now }: { companyId: number; id: number; now: Date },
  fields: TimeEntryFields,
  approval?: ApprovalColumns,
): Promise<TimeEntryRow> {
  const [row] = await tx<TimeEntryRow[]>`
    update time_entries
    set client_id = ${fields.clientId},
      project_id = ${fields.projectId},
      service_id = ${fields.serviceId},
      task_id = ${fields.taskId},
      date = ${fields.date},
      duration = ${fields.duration},
      is_billable = ${fields.isBillable},
      is_billed = ${fields.isBilled},
      hourly_rate = ${fields.hourlyRate},
      notes = ${fields.notes},
      ${approval === undefined ? tx`` : tx`${tx({ ...approval })},`}
      updated_at = ${now}
    where company_id = ${companyId} and id = ${id} and deleted_at is null
    returning ${timeEntryColumns(tx)}
  `;
  if (row === undefined) throw new Error(`time entry ${id} is gone`);
  return row;
}

/** Writes what was decided about entries that the transaction has locked. */
export async function writeTimeApproval(
  tx: Tx,
  { companyId, ids, now }: { companyId: number; ids: readonly number[]; now: Date },
  approval: ApprovalColumns,
): Promise<TimeEntryRow[]> {
  return await tx<TimeEntryRow[]>`
    update time_entries set ${tx({ ...approval, updatedAt: now })}
    where company_id = ${companyId} and id = any(${[...ids]}::int8[]) and deleted_at is null
    returning ${timeEntryColumns(tx)}
  `;
}

/**
 * Locks what these tasks have to bill to a client: time of that client's or of none that is billable and
 * on no invoice, with a rate and some time in it, oldest first. At most `limit` of it. Who has waited for
 * another's import gets what that one left.
 */
export async function lockUnbilledTimeOfTasks(
  tx: Tx,
  filter: { companyId: number; clientId: number; taskIds: readonly number[]; limit: number },
): Promise<TimeEntryRow[]> {
  const rows = await tx<TimeEntryRow[]>`
    select ${timeEntryColumns(tx)}
    from time_entries e
    where company_id = ${filter.companyId} and task_id = any(${[...filter.taskIds]}::int8[])
      and (client_id is null or client_id = ${filter.clientId}) and ${isBillableNow(tx)}
    order by id
    limit ${filter.limit}
    for update
  `;
  return rows.toSorted((a, b) => (a.date === b.date ? a.id - b.id : a.date < b.date ? -1 : 1));
}

/**
 * Time that an invoice could bill: the latest, or of the ids given those that are such. With the currency
 * of its client, or else of the company.
 */
export async function listBillableTime(
  sql: Sql | Tx,
  filter: { companyId: number; ids: readonly number[] | undefined; limit: number },
): Promise<(TimeEntryRow & { hourlyRate: bigint; currency: string })[]> {
  const { companyId, ids, limit } = filter;
  return await sql<(TimeEntryRow & { hourlyRate: bigint; currency: string })[]>`
    select
      ${timeEntryColumns(sql)},
      coalesce(
        (
          select currency from clients
          where clients.company_id = e.company_id and clients.id = e.client_id
        ),
        (select currency from companies where companies.id = e.company_id)
      ) as currency
    from time_entries e
    where company_id = ${companyId} and ${isBillableNow(sql)}
      ${ids === undefined ? sql`` : sql`and id = any(${[...ids]}::int8[])`}
    order by date desc, id desc
    limit ${limit}
  `;
}

/** Entries that the transaction has locked; the rows stay for the lines that name them. */
export async function markTimeEntriesDeleted(
  tx: Tx,
  { companyId, ids, now }: { companyId: number; ids: readonly number[]; now: Date },
): Promise<void> {
  await tx`
    update time_entries set deleted_at = ${now}, updated_at = ${now}
    where company_id = ${companyId} and id = any(${[...ids]}::int8[]) and deleted_at is null
  `;
}

/** What an entry's line on an invoice is called after; `serviceIsGone` when the service was deleted. */
export interface WorkNamesRow {
  id: number;
  taskSummary: string | null;
  projectName: string | null;
  serviceName: string | null;
  serviceIsGone: boolean;
}

export async function listWorkNames(
  sql: Sql | Tx,
  { companyId, ids }: { companyId: number; ids: readonly number[] },
): Promise<WorkNamesRow[]> {
  return await sql<WorkNamesRow[]>`
    select
      e.id, t.summary as task_summary, p.name as project_name, s.name as service_name,
      s.deleted_at is not null as service_is_gone
    from time_entries e
    left join tasks t on t.company_id = e.company_id and t.id = e.task_id
    left join projects p on p.company_id = e.company_id and p.id = e.project_id
    left join services s on s.company_id = e.company_id and s.id = e.service_id
    where e.company_id = ${companyId} and e.id = any(${[...ids]}::int8[])
  `;
}

function matches(sql: Sql | Tx, filter: TimeEntryFilter) {
  const { companyId, userId, clientId, projectId, serviceId, taskId, invoiceId } = filter;
  const { from, to, isBillable, isBilled, isRunning, search } = filter;
  return sql`
    company_id = ${companyId}
    and deleted_at is null
    ${userId === undefined ? sql`` : sql`and user_id = ${userId}`}
    ${clientId === undefined ? sql`` : sql`and client_id = ${clientId}`}
    ${projectId === undefined ? sql`` : sql`and project_id = ${projectId}`}
    ${serviceId === undefined ? sql`` : sql`and service_id = ${serviceId}`}
    ${taskId === undefined ? sql`` : sql`and task_id = ${taskId}`}
    ${invoiceId === undefined ? sql`` : sql`and invoice_id = ${invoiceId}`}
    ${from === undefined ? sql`` : sql`and date >= ${from}`}
    ${to === undefined ? sql`` : sql`and date <= ${to}`}
    ${isBillable === undefined ? sql`` : sql`and is_billable = ${isBillable}`}
    ${isBilled === undefined ? sql`` : sql`and is_billed = ${isBilled}`}
    ${isRunning === undefined ? sql`` : sql`and is_running = ${isRunning}`}
    ${search === undefined ? sql`` : sql`and strpos(lower(coalesce(notes, '')), lower(${search})) > 0`}
  `;
}
