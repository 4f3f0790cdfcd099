import type { LocalDate } from "../billing/dates.ts";
import type { Sql, Tx } from "./client.ts";

export interface ScheduleEntryRow {
  id: number;
  /** Who is to do it. */
  userId: number | null;
  clientId: number | null;
  projectId: number | null;
  title: string;
  notes: string | null;
  location: string | null;
  /** Both null for whole days. */
  startsAt: Date | null;
  endsAt: Date | null;
  /** The first and the last day, both included, in `timezone`. */
  startDate: LocalDate;
  endDate: LocalDate;
  timezone: string;
  /** Where it was made. */
  source: "api" | "google-calendar";
  /** Grows with each change that a calendar would have to be told of. */
  version: number;
  /** On the machine's clock. */
  changedAt: Date;
  deletedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

/** What is written of an entry, by whomever. */
export type ScheduleFields = Pick<
  ScheduleEntryRow,
  | "userId"
  | "clientId"
  | "projectId"
  | "title"
  | "notes"
  | "location"
  | "startsAt"
  | "endsAt"
  | "startDate"
  | "endDate"
  | "timezone"
>;

export interface ScheduleFilter {
  companyId: number;
  userId?: number | undefined;
  clientId?: number | undefined;
  projectId?: number | undefined;
  source?: ScheduleEntryRow["source"] | undefined;
  isAllDay?: boolean | undefined;
  /** First and last day, both included; an entry that touches one of them is found. */
  from?: LocalDate | undefined;
  to?: LocalDate | undefined;
  /** Part of title, notes or location, in any case. */
  search?: string | undefined;
}

export const scheduleSortFields = [
  "starts_at",
  "ends_at",
  "title",
  "created_at",
  "updated_at",
  "id",
] as const;

function columns(sql: Sql | Tx) {
  return sql`
    id, user_id, client_id, project_id, title, notes, location, starts_at, ends_at, start_date,
    end_date, timezone, source, version, changed_at, deleted_at, created_at, updated_at
  `;
}

export async function findScheduleEntry(
  sql: Sql | Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<ScheduleEntryRow | undefined> {
  const [row] = await sql<ScheduleEntryRow[]>`
    select ${columns(sql)} from schedule_entries
    where company_id = ${companyId} and id = ${id} and deleted_at is null
  `;
  return row;
}

/** As `findScheduleEntry`; a deleted one is found too, and says so. */
export async function readScheduleEntry(
  sql: Sql | Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<ScheduleEntryRow | undefined> {
  const [row] = await sql<ScheduleEntryRow[]>`
    select ${columns(sql)} from schedule_entries where company_id = ${companyId} and id = ${id}
  `;
  return row;
}

/** The entry, locked; a deleted one is found too, and says so. */
export async function lockScheduleEntry(
  tx: Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<ScheduleEntryRow | undefined> {
  const [row] = await tx<ScheduleEntryRow[]>`
    select ${columns(tx)} from schedule_entries
    where company_id = ${companyId} and id = ${id}
    for update
  `;
  return row;
}

export async function listScheduleEntries(
  sql: Sql | Tx,
  filter: ScheduleFilter,
  page: {
    sort: { field: (typeof scheduleSortFields)[number]; isDescending: boolean };
    limit: number;
    offset: number;
  },
): Promise<ScheduleEntryRow[]> {
  const direction = page.sort.isDescending ? sql`desc` : sql`asc`;
  return await sql<ScheduleEntryRow[]>`
    select ${columns(sql)} from schedule_entries
    where ${matches(sql, filter)}
    order by ${orderOf(sql, page.sort.field, direction)}, id ${direction}
    limit ${page.limit} offset ${page.offset}
  `;
}

export async function countScheduleEntries(sql: Sql | Tx, filter: ScheduleFilter): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from schedule_entries where ${matches(sql, filter)}
  `;
  return row?.count ?? 0;
}

export async function insertScheduleEntry(
  tx: Tx,
  {
    companyId,
    source,
    changedAt,
    now,
  }: { companyId: number; source: ScheduleEntryRow["source"]; changedAt: Date; now: Date },
  fields: ScheduleFields,
): Promise<ScheduleEntryRow> {
  const [row] = await tx<ScheduleEntryRow[]>`
    insert into schedule_entries (
      company_id, user_id, client_id, project_id, title, notes, location, starts_at, ends_at,
      start_date, end_date, timezone, source, changed_at, created_at, updated_at
    )
    values (
      ${companyId}, ${fields.userId}, ${fields.clientId}, ${fields.projectId}, ${fields.title},
      ${fields.notes}, ${fields.location}, ${fields.startsAt}, ${fields.endsAt},
      ${fields.startDate}, ${fields.endDate}, ${fields.timezone}, ${source}, ${changedAt}, ${now},
      ${now}
    )
    returning ${columns(tx)}
  `;
  if (row === undefined) throw new Error("the schedule entry was not inserted");
  return row;
}

/** Writes an entry that the transaction has locked; one that was deleted is there again. */
export async function updateScheduleRow(
  tx: Tx,
  { companyId, id, changedAt, now }: { companyId: number; id: number; changedAt: Date; now: Date },
  fields: ScheduleFields,
): Promise<ScheduleEntryRow> {
  const [row] = await tx<ScheduleEntryRow[]>`
    update schedule_entries
    set user_id = ${fields.userId},
      client_id = ${fields.clientId},
      project_id = ${fields.projectId},
      title = ${fields.title},
      notes = ${fields.notes},
      location = ${fields.location},
      starts_at = ${fields.startsAt},
      ends_at = ${fields.endsAt},
      start_date = ${fields.startDate},
      end_date = ${fields.endDate},
      timezone = ${fields.timezone},
      version = version + 1,
      changed_at = ${changedAt},
      deleted_at = null,
      updated_at = ${now}
    where company_id = ${companyId} and id = ${id}
    returning ${columns(tx)}
  `;
  if (row === undefined) throw new Error(`schedule entry ${id} is gone`);
  return row;
}

/** An entry that the transaction has locked. The row stays: a calendar may have to be told. */
export async function markScheduleEntryDeleted(
  tx: Tx,
  { companyId, id, changedAt, now }: { companyId: number; id: number; changedAt: Date; now: Date },
): Promise<ScheduleEntryRow> {
  const [row] = await tx<ScheduleEntryRow[]>`
    update schedule_entries
    set deleted_at = ${now}, version = version + 1, changed_at = ${changedAt}, updated_at = ${now}
    where company_id = ${companyId} and id = ${id} and deleted_at is null
    returning ${columns(tx)}
  `;
  if (row === undefined) throw new Error(`schedule entry ${id} is gone`);
  return row;
}

/** Whole days begin before the hours of their first day, and end after those of their last. */
function orderOf(sql: Sql | Tx, field: (typeof scheduleSortFields)[number], direction: OrderPart) {
  if (field === "starts_at") {
    return sql`start_date ${direction}, coalesce(starts_at, '-infinity') ${direction}`;
  }
  if (field === "ends_at") {
    return sql`end_date ${direction}, coalesce(ends_at, 'infinity') ${direction}`;
  }
  return sql`${sql(field)} ${direction}`;
}

type OrderPart = ReturnType<typeof columns>;

function matches(sql: Sql | Tx, filter: ScheduleFilter) {
  const { companyId, userId, clientId, projectId, source, isAllDay, from, to, search } = filter;
  const found = (column: "title" | "notes" | "location") =>
    sql`strpos(lower(coalesce(${sql(column)}, '')), lower(${search ?? ""})) > 0`;
  return sql`
    company_id = ${companyId}
    and deleted_at is null
    ${userId === undefined ? sql`` : sql`and user_id = ${userId}`}
    ${clientId === undefined ? sql`` : sql`and client_id = ${clientId}`}
    ${projectId === undefined ? sql`` : sql`and project_id = ${projectId}`}
    ${source === undefined ? sql`` : sql`and source = ${source}`}
    ${isAllDay === undefined ? sql`` : sql`and (starts_at is null) = ${isAllDay}`}
    ${from === undefined ? sql`` : sql`and end_date >= ${from}`}
    ${to === undefined ? sql`` : sql`and start_date <= ${to}`}
    ${search === undefined ? sql`` : sql`and (${found("title")} or ${found("notes")} or ${found("location")})`}
  `;
}
