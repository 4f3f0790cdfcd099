import type { Sql, Tx } from "./client.ts";

export interface OutboxRow {
  eventId: number;
  companyId: number;
  type: string;
}

/** Takes the oldest events nobody has followed yet; a rollback puts them back. */
export async function takeOutbox(tx: Tx, limit: number): Promise<OutboxRow[]> {
  return await tx<OutboxRow[]>`
    with oldest as (
      select event_id from event_outbox order by event_id limit ${limit} for update skip locked
    )
    delete from event_outbox using oldest
    where event_outbox.event_id = oldest.event_id
    returning event_outbox.event_id, event_outbox.company_id, event_outbox.type
  `;
}

/** How many events wait to be followed, and since how many seconds the oldest does. */
export async function measureOutbox(sql: Sql): Promise<{ count: number; oldestSeconds: number }> {
  const [row] = await sql<{ count: number; oldestSeconds: number }[]>`
    select
      count(*)::int as count,
      coalesce(
        extract(
          epoch from clock_timestamp()
            - (select created_at from events where id = min(event_outbox.event_id))
        ),
        0
      )::float8 as oldest_seconds
    from event_outbox
  `;
  return row ?? { count: 0, oldestSeconds: 0 };
}

/** Events a follower failed on, to be put to it again. */
export interface FollowFailureRow {
  eventId: number;
  job: string;
  attempts: number;
}

/** Remembers that a follower failed on these events, and rests longer each time, at most an hour. */
export async function recordFollowFailures(
  tx: Tx,
  job: string,
  eventIds: readonly number[],
  errorMessage: string,
): Promise<void> {
  await tx`
    insert into event_follow_failures (event_id, job, next_try_at, error_message)
    select event_id, ${job}, clock_timestamp() + interval '5 seconds', ${errorMessage}
    from unnest(${eventIds}::bigint[]) as event_id
    on conflict (event_id, job) do update
    set
      attempts = event_follow_failures.attempts + 1,
      next_try_at = clock_timestamp()
        + least(3600, 5 * 2 ^ least(event_follow_failures.attempts, 20)) * interval '1 second',
      error_message = excluded.error_message
  `;
}

/** The companies these events happened in, each with a type of them. */
export async function listCompaniesOfEvents(
  tx: Tx,
  eventIds: readonly number[],
): Promise<{ companyId: number; type: string }[]> {
  return await tx<{ companyId: number; type: string }[]>`
    select events.company_id, min(events.type) as type
    from events
    join companies on companies.id = events.company_id
    where events.id = any(${eventIds}::bigint[])
    group by events.company_id
    order by events.company_id
  `;
}

/** The items of companies of which no event waits for this follower any more are done with. */
async function settleFollowFailures(tx: Tx, job: string): Promise<void> {
  await tx`
    update attention_items
    set resolved_at = now(), resolution = 'followed after all'
    where kind = 'event.not-followed' and key = ${job} and resolved_at is null
      and company_id not in (
        select events.company_id
        from event_follow_failures
        join events on events.id = event_follow_failures.event_id
        where event_follow_failures.job = ${job}
      )
  `;
}

/** Locks the failures that are to be tried again. */
export async function claimFollowFailures(tx: Tx, limit: number): Promise<FollowFailureRow[]> {
  return await tx<FollowFailureRow[]>`
    select event_id, job, attempts
    from event_follow_failures
    where next_try_at <= clock_timestamp()
    order by next_try_at
    limit ${limit}
    for update skip locked
  `;
}

/** The follower managed these events after all, or exists no more. */
export async function forgetFollowFailures(
  tx: Tx,
  job: string,
  eventIds: readonly number[],
): Promise<void> {
  await tx`
    delete from event_follow_failures
    where job = ${job} and event_id = any(${eventIds}::bigint[])
  `;
  await settleFollowFailures(tx, job);
}
