import type { Tx } from "./client.ts";

/** What asked for a run: `id` names the schedule, API token, user, event or parent run. */
export interface RunTrigger {
  kind: "schedule" | "api" | "operator" | "event" | "run" | "system";
  id?: string | number;
}

/** A run to be inserted. */
export interface NewRun {
  runId: string;
  companyId: number | null;
  /** As JSON text. */
  payload: string;
  key: string | null;
  trigger: RunTrigger;
}

/** What runs inserted together have in common. */
export interface NewRunKind {
  job: string;
  queue: string;
  attemptsMax: number;
  /** The provider they need to be connected to. */
  provider: string | null;
  /** Not before so many milliseconds from now. */
  delayMs: number;
  traceId: string | null;
}

/**
 * Inserts runs with their keys and feed rows and wakes the feeder once. Where a key is taken, the run
 * that has it is returned instead. Answers are in the order given.
 */
export async function insertRuns(
  tx: Tx,
  runs: readonly NewRun[],
  kind: NewRunKind,
): Promise<{ runId: string; isNew: boolean }[]> {
  const inserted = await insertFreshRuns(tx, runs, kind);
  if (inserted.size === runs.length) {
    return runs.map(({ runId }) => ({ runId, isNew: true }));
  }
  // Another transaction may have taken the key after our statement began: only a new one can see it.
  const keys = runs.flatMap(({ runId, key }) => (inserted.has(runId) || key === null ? [] : [key]));
  const existing = await findRunIdsByKey(tx, kind.job, keys);
  return runs.map(({ runId, key }) => {
    if (inserted.has(runId)) return { runId, isNew: true };
    const found = key === null ? undefined : existing.get(key);
    if (found === undefined) throw new Error(`the key ${kind.job}/${key} is taken by no run`);
    return { runId: found, isNew: false };
  });
}

async function insertFreshRuns(
  tx: Tx,
  runs: readonly NewRun[],
  kind: NewRunKind,
): Promise<Set<string>> {
  const rows = await tx<{ id: string }[]>`
    with given as (
      select *
      -- Selected, for a plan that does not depend on the number of runs: it is then made only once.
      from unnest(
        (select ${runs.map((run) => run.runId)}::uuid[]),
        (select ${runs.map((run) => run.companyId)}::bigint[]),
        (select ${runs.map((run) => run.payload)}::text[]),
        (select ${runs.map((run) => run.key)}::text[]),
        (select ${runs.map((run) => run.trigger.kind)}::text[]),
        (select ${runs.map((run) => run.trigger.id?.toString() ?? null)}::text[])
      ) with ordinality
        as given (id, company_id, payload, key, trigger_kind, trigger_id, position)
    ),
    keyed as (
      -- In the order of the keys: two callers that insert the same ones must not wait for each other.
      insert into run_keys (job, key, run_id)
      select ${kind.job}, key, id from given where key is not null order by key
      on conflict do nothing
      returning run_id
    ),
    fresh as (
      insert into job_runs (
        id, company_id, job, queue, payload, key, attempts_max, provider, trigger_kind, trigger_id,
        trace_id, available_at
      )
      select
        id, company_id, ${kind.job}, ${kind.queue}, payload::jsonb, key, ${kind.attemptsMax}::int,
        ${kind.provider}, trigger_kind, trigger_id, ${kind.traceId}, now() + ${kind.delayMs}::float8 * interval '1 ms'
      from given
      where key is null or id in (select run_id from keyed)
      order by position
      returning id, company_id, available_at
    ),
    fed as (
      insert into run_feed (run_id, delivery, queue, company_id, state, available_at)
      select
        id, 1, ${kind.queue}, coalesce(company_id, 0),
        case when ${kind.delayMs}::float8 > 0 then 'later' else 'waiting' end, available_at
      from fresh
    ),
    woken as (
      select pg_notify('run_feed', '')
    )
    select fresh.id from fresh, (select count(*) from woken) as once
  `;
  return new Set(rows.map((row) => row.id));
}

async function findRunIdsByKey(
  tx: Tx,
  job: string,
  keys: readonly string[],
): Promise<Map<string, string>> {
  const rows = await tx<{ key: string; runId: string }[]>`
    select key, run_id from run_keys where job = ${job} and key = any(${keys}::text[])
  `;
  return new Map(rows.map((row) => [row.key, row.runId]));
}
