import type { Sql, Tx } from "./client.ts";

export interface WindowRow {
  key: string;
  used: number;
}

/** Adds each process's uses to the shared windows; returns what all processes together have used. */
export async function addUses(
  sql: Sql,
  { windowStart, uses }: { windowStart: Date; uses: readonly WindowRow[] },
): Promise<WindowRow[]> {
  // Sorted, so that two processes that write the same callers never wait for each other in a circle.
  const sorted = uses.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  return await sql<WindowRow[]>`
    insert into rate_limit_windows (key, window_start, used)
    select key, ${windowStart}, used
    from unnest(
      ${sorted.map((use) => use.key)}::text[], ${sorted.map((use) => use.used)}::int[]
    ) as given (key, used)
    on conflict (key, window_start) do update
    set used = rate_limit_windows.used + excluded.used
    returning key, used
  `;
}

/** Deletes up to `limit` windows that are over. Returns how many. */
export async function deleteWindowsBefore(
  sql: Sql,
  { before, limit }: { before: Date; limit: number },
): Promise<number> {
  const rows = await sql`
    delete from rate_limit_windows
    where (key, window_start) in (
      select key, window_start from rate_limit_windows where window_start < ${before} limit ${limit}
    )
    returning 1
  `;
  return rows.length;
}

/**
 * Counts an attempt (to sign in, to have a mail sent) before anything else is done about it, so that
 * a hundred at once are a hundred, and returns how many this window has seen.
 */
export async function countAttempt(
  sql: Sql | Tx,
  { key, now, windowMs }: { key: Buffer; now: Date; windowMs: number },
): Promise<{ failures: number; windowStart: Date }> {
  const expired = new Date(now.getTime() - windowMs);
  const [row] = await sql<{ failures: number; windowStart: Date }[]>`
    insert into login_attempts (key, failures, window_start)
    values (${key}, 1, ${now})
    on conflict (key) do update
    set failures =
        case when login_attempts.window_start <= ${expired} then 1 else login_attempts.failures + 1 end,
      window_start =
        case when login_attempts.window_start <= ${expired} then ${now} else login_attempts.window_start end
    returning failures, window_start
  `;
  if (row === undefined) throw new Error("the attempt was not counted");
  return row;
}

/** The right password ends the count. */
export async function forgetAttempts(sql: Sql | Tx, key: Buffer): Promise<void> {
  await sql`delete from login_attempts where key = ${key}`;
}

/** Takes one counted attempt back: it was the right password after all. */
export async function takeBackAttempt(sql: Sql, key: Buffer): Promise<void> {
  await sql`update login_attempts set failures = greatest(failures - 1, 0) where key = ${key}`;
}

/** Deletes up to `limit` counts of attempts that no longer count. Returns how many. */
export async function deleteAttemptsBefore(
  sql: Sql,
  { before, limit }: { before: Date; limit: number },
): Promise<number> {
  const rows = await sql`
    delete from login_attempts
    where key in (select key from login_attempts where window_start < ${before} limit ${limit})
    returning 1
  `;
  return rows.length;
}
