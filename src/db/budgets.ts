import type { Sql } from "./client.ts";

/** What a provider allows an account. */
export interface BudgetLimit {
  perSecond: number;
  /** How many may go at once after a pause; 1 spaces them evenly. */
  burst: number;
  /** A turn further away than this is not reserved. */
  waitMsMax: number;
}

/**
 * Asks for a turn with a provider's account, in one statement; all processes share the account's row
 * (GCRA). `isTaken`: the turn is reserved and comes in `waitMs`, which may be 0; wait and go. Otherwise
 * nothing was reserved: come back in `waitMs`.
 *
 * @param key names the account, e.g. "quickbooks/1234"
 */
export async function takeBudget(
  sql: Sql,
  key: string,
  { perSecond, burst, waitMsMax }: BudgetLimit,
): Promise<{ isTaken: boolean; waitMs: number }> {
  const stepMs = 1_000 / perSecond;
  const toleranceMs = stepMs * (burst - 1);
  const [answer] = await sql<{ isTaken: boolean; waitMs: number }[]>`
    with given as (
      select
        ${stepMs}::float8 * interval '1 ms' as step,
        ${toleranceMs}::float8 * interval '1 ms' as tolerance,
        ${waitMsMax}::float8 * interval '1 ms' as patience
    ),
    taken as (
      insert into budgets (key, full_at)
      select ${key}, clock_timestamp() + step from given
      on conflict (key) do update
      set full_at = greatest(budgets.full_at, budgets.blocked_until, clock_timestamp())
        + (select step from given)
      where greatest(budgets.full_at - (select tolerance from given), budgets.blocked_until)
        <= clock_timestamp() + (select patience from given)
      returning full_at, blocked_until
    ),
    answer as (
      select true as is_taken, greatest(full_at - step - tolerance, blocked_until) as turn_at
      from taken, given
      union all
      select false, greatest(full_at - tolerance, blocked_until)
      from budgets, given
      where key = ${key} and not exists (select from taken)
    )
    select
      is_taken,
      greatest(0, extract(epoch from turn_at - clock_timestamp()) * 1000)::float8 as wait_ms
    from answer
  `;
  // No row: another made the account's first reservation at this very moment.
  if (answer === undefined) return { isTaken: false, waitMs: stepMs };
  return { isTaken: answer.isTaken, waitMs: Math.ceil(answer.waitMs) };
}

/** Lets nobody have a turn for so long: the provider said when to come back (`Retry-After`). */
export async function blockBudget(sql: Sql, key: string, forMs: number): Promise<void> {
  await sql`
    insert into budgets (key, full_at, blocked_until)
    values (
      ${key}, clock_timestamp(), clock_timestamp() + ${forMs}::float8 * interval '1 ms'
    )
    on conflict (key) do update
    set blocked_until = greatest(budgets.blocked_until, excluded.blocked_until)
  `;
}

/** Forgets accounts that have had their whole allowance for a day. */
export async function pruneBudgets(sql: Sql): Promise<void> {
  await sql`
    delete from budgets
    where greatest(full_at, blocked_until) < clock_timestamp() - interval '1 day'
  `;
}
