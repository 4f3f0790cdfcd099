import type { LocalDate } from "../billing/dates.ts";
import { arrayText } from "./array-text.ts";
import type { Sql, Tx } from "./client.ts";

export interface NewEvent {
  /** e.g. "invoice.created". */
  type: string;
  /** e.g. "invoice", "recurring-invoice". */
  subjectType: string;
  subjectId: number;
  /** Facts that must not change, as JSON values. Never a secret. */
  payload?: Readonly<Record<string, unknown>>;
  /** The user who caused it; none when the night or an import did. */
  causerId?: number | null | undefined;
  /** The company's clock, not the machine's. */
  occurredAt: Date;
}

/** Leaves one event in the transaction of the change it tells about. Returns its id. */
export async function recordEvent(
  tx: Tx,
  { companyId, ...event }: NewEvent & { companyId: number },
): Promise<number> {
  const [id] = await recordEvents(tx, companyId, [event]);
  if (id === undefined) throw new Error("the event was not inserted");
  return id;
}

/**
 * Leaves many events of one company in one statement, each with its outbox row, and wakes the relay
 * once. Returns their ids in the order given.
 */
export async function recordEvents(
  tx: Tx,
  companyId: number,
  events: readonly NewEvent[],
): Promise<number[]> {
  if (events.length === 0) return [];
  // The relay is told through a CTE of its own, so that a bulk insert notifies once, not per row.
  const rows = await tx<{ id: number }[]>`
    with given as (
      select type, subject_type, subject_id, causer_id, occurred_at, payload, position
      from rows from (
        unnest(
          ${arrayText(events, ({ type }) => type)}::text[],
          ${arrayText(events, ({ subjectType }) => subjectType)}::text[],
          ${arrayText(events, ({ subjectId }) => subjectId)}::bigint[],
          ${arrayText(events, ({ causerId }) => causerId ?? null)}::bigint[],
          ${arrayText(events, ({ occurredAt }) => occurredAt.toISOString())}::timestamptz[]
        ),
        jsonb_array_elements(${payloadsOf(events)}::text::jsonb)
      ) with ordinality
        as given (type, subject_type, subject_id, causer_id, occurred_at, payload, position)
    ),
    inserted as (
      insert into events (company_id, type, subject_type, subject_id, payload, causer_id, occurred_at)
      select ${companyId}, type, subject_type, subject_id, payload, causer_id, occurred_at
      from given
      order by position
      returning id, company_id, type
    ),
    outbox as (
      insert into event_outbox (event_id, company_id, type)
      select id, company_id, type from inserted
    ),
    woken as (
      select pg_notify('event_outbox', '')
    )
    select inserted.id from inserted, (select count(*) from woken) as once
    order by inserted.id
  `;
  return rows.map((row) => row.id);
}

export interface EventRow {
  id: number;
  companyId: number;
  type: string;
  subjectType: string;
  subjectId: number;
  payload: Record<string, unknown>;
  causerId: number | null;
  causerName: string | null;
  occurredAt: Date;
}

/** What happened to one record, newest first. */
export async function listEventsOfSubject(
  sql: Sql | Tx,
  filter: {
    companyId: number;
    subjectType: string;
    subjectId: number;
    limit: number;
    offset: number;
  },
): Promise<EventRow[]> {
  return await sql<EventRow[]>`
    select
      events.id, events.company_id, events.type, events.subject_type, events.subject_id,
      events.payload, events.causer_id, users.name as causer_name, events.occurred_at
    from events
    left join users on users.id = events.causer_id
    where events.company_id = ${filter.companyId}
      and events.subject_type = ${filter.subjectType}
      and events.subject_id = ${filter.subjectId}
    order by events.id desc
    limit ${filter.limit} offset ${filter.offset}
  `;
}

/** How many events tell of one record. */
export async function countEventsOfSubject(
  sql: Sql | Tx,
  filter: { companyId: number; subjectType: string; subjectId: number },
): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count
    from events
    where company_id = ${filter.companyId}
      and subject_type = ${filter.subjectType}
      and subject_id = ${filter.subjectId}
  `;
  return row?.count ?? 0;
}

/** Whether an invoice was told of as overdue, by the due date it has now. */
export async function wasToldOverdue(
  sql: Sql | Tx,
  invoice: { companyId: number; id: number; dueDate: LocalDate },
): Promise<boolean> {
  const [row] = await sql<{ found: boolean }[]>`
    select exists (
      select from events
      where company_id = ${invoice.companyId} and subject_type = 'invoice'
        and subject_id = ${invoice.id} and type = 'invoice.overdue'
        and payload ->> 'due_date' = ${invoice.dueDate}
    ) as found
  `;
  return row?.found ?? false;
}

/** Events of a company that were recorded in a period, by id. */
export async function listEventIdsBetween(
  sql: Sql | Tx,
  filter: {
    companyId: number;
    types: readonly string[];
    from: Date;
    to: Date;
    afterId: number;
    limit: number;
  },
): Promise<number[]> {
  const rows = await sql<{ id: number }[]>`
    select id from events
    where company_id = ${filter.companyId}
      and created_at >= ${filter.from} and created_at < ${filter.to}
      and type = any(${[...filter.types]}::text[])
      and id > ${filter.afterId}
    order by id
    limit ${filter.limit}
  `;
  return rows.map(({ id }) => id);
}

/** Forgets events recorded before, a few at a time, but for those not followed yet. Returns how many. */
export async function deleteEventsBefore(
  sql: Sql,
  { before, limit }: { before: Date; limit: number },
): Promise<number> {
  const rows = await sql<{ id: number }[]>`
    delete from events
    where id in (
      select id from events as event
      where created_at < ${before}
        and not exists (select from event_outbox where event_outbox.event_id = event.id)
        and not exists (
          select from event_follow_failures where event_follow_failures.event_id = event.id
        )
      order by created_at
      limit ${limit}
    )
    returning id
  `;
  return rows.length;
}

/** Whether the company has such a record at all, deleted or not: its story may still be empty. */
export async function subjectExists(
  sql: Sql | Tx,
  subject: { companyId: number; subjectType: string; subjectId: number },
): Promise<boolean> {
  const { companyId, subjectId } = subject;
  const [row] = await sql<{ found: boolean }[]>`
    select case ${subject.subjectType}
      when 'invoice' then
        exists (select from invoices where company_id = ${companyId} and id = ${subjectId})
      when 'quote' then
        exists (select from quotes where company_id = ${companyId} and id = ${subjectId})
      when 'recurring-invoice' then
        exists (select from recurring_invoices where company_id = ${companyId} and id = ${subjectId})
      when 'credit' then
        exists (select from credits where company_id = ${companyId} and id = ${subjectId})
      when 'client' then
        exists (select from clients where company_id = ${companyId} and id = ${subjectId})
      when 'service' then
        exists (select from services where company_id = ${companyId} and id = ${subjectId})
      when 'project' then
        exists (select from projects where company_id = ${companyId} and id = ${subjectId})
      when 'task' then
        exists (select from tasks where company_id = ${companyId} and id = ${subjectId})
      when 'connection' then
        exists (select from connections where company_id = ${companyId} and id = ${subjectId})
      when 'alert-route' then
        exists (select from slack_routes where company_id = ${companyId} and id = ${subjectId})
      when 'time-entry' then
        exists (select from time_entries where company_id = ${companyId} and id = ${subjectId})
      when 'schedule-entry' then
        exists (select from schedule_entries where company_id = ${companyId} and id = ${subjectId})
      when 'expense' then
        exists (select from expenses where company_id = ${companyId} and id = ${subjectId})
      when 'tag' then
        exists (select from tags where company_id = ${companyId} and id = ${subjectId})
      when 'rule' then
        exists (select from rules where company_id = ${companyId} and id = ${subjectId})
      when 'category' then
        exists (select from categories where company_id = ${companyId} and id = ${subjectId})
      when 'tax-rate' then
        exists (select from tax_rates where company_id = ${companyId} and id = ${subjectId})
      when 'member' then
        exists (select from company_members where company_id = ${companyId} and user_id = ${subjectId})
      when 'webhook' then
        exists (select from webhook_endpoints where company_id = ${companyId} and id = ${subjectId})
      when 'app-access' then
        exists (
          select from api_tokens
          where company_id = ${companyId} and id = ${subjectId} and oauth_client_id is not null
        )
      when 'invitation' then
        exists (select from invitations where company_id = ${companyId} and id = ${subjectId})
      else false
    end as found
  `;
  return row?.found ?? false;
}

function payloadsOf(events: readonly NewEvent[]): string {
  const payloads = events.map(({ payload }) => payload ?? {});
  try {
    return JSON.stringify(payloads);
  } catch {
    // A replacer takes several times as long, and few payloads need it.
    return JSON.stringify(payloads, bigintAsNumber);
  }
}

/** JSON has no bigint; our amounts are far below 2^53. */
function bigintAsNumber(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}
