import postgres from "postgres";
import type { Sql } from "./client.ts";

/**
 * A pool of the runtime's own on the same database, so that leases are renewed and runs finished
 * however busy the jobs keep theirs.
 *
 * Its statements are prepared once and kept, and look rows up by key in tables that grow from nothing
 * to millions: a plan made while a table was empty must not read all of it later.
 */
export function openLedgerPool(
  sql: Sql,
  { connectionsMax, applicationName }: { connectionsMax: number; applicationName: string },
): Sql {
  const settings = {
    ...sql.options,
    max: connectionsMax,
    connection: {
      ...sql.options.connection,
      application_name: applicationName,
      statement_timeout: 30_000,
      // Statements over arrays would else be planned anew each time, for the number of their elements.
      plan_cache_mode: "force_generic_plan",
      // As text: postgres.js leaves out what is false.
      enable_seqscan: "off",
      enable_hashjoin: "off",
      enable_mergejoin: "off",
    },
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- postgres.js takes options that it has parsed itself (its own listen() does the same); its types do not say so
  const parsed = settings as unknown as postgres.Options<Record<string, never>>;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- made with the types of `sql`
  return postgres(parsed) as unknown as Sql;
}
