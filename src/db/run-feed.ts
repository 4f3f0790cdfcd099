import type { Sql } from "./client.ts";

/** A run to be given to its queue. */
export interface FeedRow {
  runId: string;
  delivery: number;
  companyId: number;
}

/** Lets runs whose time has come wait for their turn. Returns how many, at most `limit`. */
export async function promoteDueRuns(sql: Sql, limit: number): Promise<number> {
  const rows = await sql<{ runId: string }[]>`
    with due as (
      select run_id from run_feed
      where state = 'later' and available_at <= clock_timestamp()
      order by available_at
      limit ${limit}
      for update skip locked
    )
    update run_feed set state = 'waiting' from due where run_feed.run_id = due.run_id
    returning run_feed.run_id
  `;
  return rows.length;
}

/** Milliseconds until the next run that is not due yet becomes so; undefined when there is none. */
export async function findNextDueMs(sql: Sql): Promise<number | undefined> {
  const [row] = await sql<{ dueMs: number | null }[]>`
    select extract(epoch from min(available_at) - clock_timestamp())::float8 * 1000 as due_ms
    from run_feed
    where state = 'later'
  `;
  return row?.dueMs ?? undefined;
}

/** Queues that have runs waiting for their turn. */
export async function findWaitingQueues(sql: Sql, queues: readonly string[]): Promise<string[]> {
  const rows = await sql<{ queue: string }[]>`
    select queue
    from unnest(${queues}::text[]) as queue
    where exists (select from run_feed where run_feed.queue = queue.queue and state = 'waiting')
  `;
  return rows.map((row) => row.queue);
}

/**
 * Marks the next runs of a queue as handed over and returns them in order: one of each company in
 * turn, starting after the company served last, up to as many as the window has room for. Companies
 * beyond the first hundred of a round get their turn in the next.
 */
export async function takeTurns(
  sql: Sql,
  { queue, window, afterCompanyId }: { queue: string; window: number; afterCompanyId: number },
): Promise<FeedRow[]> {
  return await sql<FeedRow[]>`
    with recursive
    room as (
      -- In portions of half a window: handing over costs per portion, and half a window is work enough.
      select case when 2 * count(*) <= ${window} then ${window}::int - count(*)::int else 0 end as free
      from (
        select from run_feed where queue = ${queue} and state = 'handed' limit ${window}
      ) as outstanding
    ),
    -- Each step is one look into the index, however many runs a company has.
    ahead (company_id, place) as (
      select min(company_id), 1
      from run_feed
      where queue = ${queue} and state = 'waiting' and company_id > ${afterCompanyId}
      union all
      select
        (
          select min(run_feed.company_id)
          from run_feed
          where queue = ${queue} and state = 'waiting' and run_feed.company_id > ahead.company_id
        ),
        place + 1
      from ahead
      where company_id is not null and place < 100
    ),
    wrapped (company_id, place) as (
      select min(company_id), 101
      from run_feed
      where queue = ${queue} and state = 'waiting' and company_id <= ${afterCompanyId}
      union all
      select
        (
          select min(run_feed.company_id)
          from run_feed
          where queue = ${queue} and state = 'waiting'
            and run_feed.company_id > wrapped.company_id
            and run_feed.company_id <= ${afterCompanyId}
        ),
        place + 1
      from wrapped
      where company_id is not null and place < 200
    ),
    companies as (
      select company_id, place from ahead where company_id is not null
      union all
      select company_id, place from wrapped where company_id is not null
      order by place
      limit 100
    ),
    candidates as (
      select head.run_id, companies.place, head.turn
      from companies
      cross join room
      cross join lateral (
        select run_id, row_number() over (order by seq) as turn
        from (
          select run_id, seq
          from run_feed
          where queue = ${queue} and state = 'waiting' and company_id = companies.company_id
          order by seq
          -- Twice its share: companies with little to do leave room for the others.
          limit greatest(1, 2 * room.free / (select count(*) from companies) + 1)
        ) as waiting
      ) as head
      where room.free > 0
    ),
    chosen as (
      select run_id, turn, place
      from candidates
      order by turn, place
      limit (select greatest(0, free) from room)
    ),
    locked as (
      select still_waiting.run_id
      from chosen
      cross join lateral (
        select run_feed.run_id
        from run_feed
        -- Said by exclusion, so that no plan reads all that waits.
        where run_feed.run_id = chosen.run_id and state not in ('later', 'handed')
        for update skip locked
      ) as still_waiting
    ),
    handed as (
      update run_feed
      set state = 'handed', handed_at = clock_timestamp()
      from locked
      where run_feed.run_id = locked.run_id
      returning run_feed.run_id, run_feed.delivery, run_feed.company_id
    )
    select handed.run_id, handed.delivery, handed.company_id
    from handed
    join chosen on chosen.run_id = handed.run_id
    order by chosen.turn, chosen.place
  `;
}

/** The queue would not take them: they wait for another turn. */
export async function putBack(sql: Sql, rows: readonly FeedRow[]): Promise<void> {
  await sql`
    update run_feed
    set state = 'waiting', handed_at = null
    from unnest(
      ${rows.map((row) => row.runId)}::uuid[],
      ${rows.map((row) => row.delivery)}::int[]
    ) as given (run_id, delivery)
    where run_feed.run_id = given.run_id
      and run_feed.delivery = given.delivery
      and run_feed.state = 'handed'
  `;
}

export interface FeedCountRow {
  queue: string;
  state: "later" | "waiting" | "handed";
  count: number;
  /** How long the first of them has been due, in seconds. */
  oldestSeconds: number;
}

/** What is on its way to the workers, per queue. */
export async function countFeed(sql: Sql): Promise<FeedCountRow[]> {
  return await sql<FeedCountRow[]>`
    select
      queue, state, count(*)::int as count,
      greatest(0, extract(epoch from clock_timestamp() - min(available_at)))::float8 as oldest_seconds
    from run_feed
    group by queue, state
    order by queue, state
  `;
}
