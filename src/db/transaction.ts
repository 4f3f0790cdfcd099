import { sqlState, type Sql, type Tx } from "./client.ts";

/** How often a transaction that met another one is tried again. */
const ATTEMPTS_MAX = 5;

/** SQLSTATE classes: connection, collision, resources, state, operator, system. */
const TROUBLE = ["08", "40", "53", "55", "57", "58"];

/**
 * Runs one transaction. When PostgreSQL ends it because it met another one (deadlock, serialization
 * failure) everything in it was undone, so it is simply done again, a few times.
 */
export async function inTransaction<Result>(
  sql: Sql,
  work: (tx: Tx) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- begin() unwraps arrays of promises, which no caller returns
      return (await sql.begin(work)) as Result;
    } catch (error) {
      // Whoever says what failed keeps what PostgreSQL said as the cause.
      const state = sqlState(error) ?? (error instanceof Error ? sqlState(error.cause) : undefined);
      const collided = ["40001", "40P01"].includes(state ?? "");
      if (!collided || attempt === ATTEMPTS_MAX) throw error;
    }
  }
}

/** Does work in a savepoint, which is undone unless its result is one to keep. Returns the result. */
export async function undoUnless<Result>(
  tx: Tx,
  work: (savepoint: Tx) => Promise<Result>,
  isToKeep: (result: Result) => boolean,
): Promise<Result> {
  const results: Result[] = [];
  const undone = new Error("undone");
  try {
    await tx.savepoint(async (savepoint) => {
      const result = await work(savepoint);
      results.push(result);
      if (!isToKeep(result)) throw undone;
    });
  } catch (error) {
    if (error !== undone) throw error;
  }
  return results[0]!;
}

/**
 * Whether PostgreSQL refused this particular data (a value out of range, a constraint): trying the
 * same again cannot help, and other data may well go through. Lost connections, collisions and
 * mistakes in a statement are none of the data's fault.
 */
export function isDataFault(error: unknown): boolean {
  return ["22", "23"].includes(sqlState(error)?.slice(0, 2) ?? "");
}

/**
 * Whether the database could not do its work, rather than refusing it: no connection, shutting down,
 * out of resources, in each other's way. The same may work later.
 */
export function isDatabaseTrouble(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== undefined) return TROUBLE.includes(state.slice(0, 2));
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return /^(CONNECTION_|CONNECT_|ECONN|EPIPE|EHOST|ENET|ETIMEDOUT|ENOTFOUND|EAI_)/.test(code);
}
