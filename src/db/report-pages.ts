import type { Fragment, Sql, Tx } from "./client.ts";

/** Which rows of a report; undefined for all. */
export type ReportPage = { limit: number; offset: number } | undefined;

/** What rows of a report have beside their own. */
export interface Told {
  currency: string;
  /** The sums of all rows of one currency, whatever page is shown. */
  isTotal: boolean;
  /** How many rows it is the sum of. */
  rowCount: number;
}

/** Of the CTE `summed`. */
interface ReportColumns {
  /** What rows are split by, beside the currency; null in a total. */
  keys: readonly string[];
  /** Whole numbers that are added up. */
  sums: readonly string[];
  /** Of which a total has the least, or the most. */
  least?: readonly string[];
  most?: readonly string[];
  /** What the rows are ordered by before their keys and currency: columns of `row`. */
  order: (row: Fragment) => Fragment;
}

/**
 * What follows a CTE `summed` that has a currency: the CTE `told`, with the sums of all its rows by currency and
 * the rows of a page. Both are read from one pass over the books.
 */
export function tellPage(sql: Sql | Tx, columns: ReportColumns, page: ReportPage): Fragment {
  const { keys, sums, least = [], most = [] } = columns;
  // The driver takes an empty list for a value.
  const each = (names: readonly string[], columnOf: (name: Fragment) => Fragment) =>
    names.length === 0 ? sql`` : names.map((name) => columnOf(sql`${sql(name)}`));
  return sql`
    shown as (
      select * from summed
      order by ${orderOf(sql, columns, sql`summed`)}
      ${page === undefined ? sql`` : sql`limit ${page.limit} offset ${page.offset}`}
    ), told as (
      select
        true as is_total, count(*)::int as row_count, currency
        ${each(keys, (key) => sql`, null::int8 as ${key}`)}
        ${each(sums, (sum) => sql`, sum(${sum})::int8 as ${sum}`)}
        ${each(least, (name) => sql`, min(${name}) as ${name}`)}
        ${each(most, (name) => sql`, max(${name}) as ${name}`)}
      from summed
      group by currency
      union all
      select
        false, 1, currency ${each(keys, (key) => sql`, ${key}`)}
        ${each(sums, (sum) => sql`, ${sum}::int8`)}
        ${each([...least, ...most], (name) => sql`, ${name}`)}
      from shown
    )
  `;
}

/** The order of what `tellPage` told: totals, then the rows in the order of their pages. */
export function orderOfTold(sql: Sql | Tx, columns: ReportColumns): Fragment {
  return sql`told.is_total desc, ${orderOf(sql, columns, sql`told`)}`;
}

function orderOf(sql: Sql | Tx, { keys, order }: ReportColumns, row: Fragment): Fragment {
  return sql`${order(row)} ${[...keys, "currency"].map((key) => sql`, ${row}.${sql(key)}`)}`;
}
