import type { Fragment, Sql, Tx } from "./client.ts";

/** How many rows of a list are shown when nobody says otherwise; the API takes it from here. */
export const usualPageSize = 25;

/**
 * The end of a statement that reads a page. The page that is asked for most is written out: where it begins and
 * ends decides how a list is best read, and as parameters PostgreSQL would look at them, and plan anew, each
 * time.
 */
export function limitToPage(
  sql: Sql | Tx,
  { limit, offset }: { limit: number; offset: number },
): Fragment {
  // A template's text cannot hold the constant; with another one this does not compile.
  const written: 25 = usualPageSize;
  return limit === written && offset === 0 ? sql`limit 25` : sql`limit ${limit} offset ${offset}`;
}
