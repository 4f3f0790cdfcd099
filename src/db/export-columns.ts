import type { LocalDate } from "../billing/dates.ts";
import type { Fragment, Tx } from "./client.ts";

/** What of a company's is exported. Dates are the records' own, both included. */
export interface ExportFilter {
  companyId: number;
  projectId: number | null;
  clientId: number | null;
  from: LocalDate | null;
  to: LocalDate | null;
}

/** How a value is written in the format that was asked for. */
export interface Written {
  /** Words that people have typed. */
  text: (value: Fragment) => Fragment;
  flag: (value: Fragment) => Fragment;
}

/** One kind of records. Money is minor units of `currency`, the row's own or its document's. */
export interface ExportSource {
  /** Names of the columns of `rows`, in their order, with spaces between them. `id` orders the rows. */
  columns: string;
  /** Whether its rows belong to a project, to a client, to a day, and so can be filtered by it. */
  hasProject: boolean;
  hasClient: boolean;
  hasDate: boolean;
  rows: (sql: Tx, written: Written, filter: ExportFilter) => Fragment;
}

/** UTC with microseconds, as the API writes it. */
export function instant(sql: Tx, value: Fragment): Fragment {
  return sql`to_char(${value} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}

/** Basis points ×10³ as per cent: "8.25". */
export function percent(sql: Tx, value: Fragment): Fragment {
  return sql`trim_scale(${value} / 100)::text`;
}

// COPY takes no parameters, so what is asked for lies in settings of the transaction.

export function company(sql: Tx): Fragment {
  return sql`current_setting('nightledger.company_id')::bigint`;
}

export function project(sql: Tx): Fragment {
  return sql`current_setting('nightledger.project_id')::bigint`;
}

/** Keeps the rows of the client asked for. */
export function ofClient(sql: Tx, { clientId }: ExportFilter, id: Fragment): Fragment {
  if (clientId === null) return sql``;
  return sql`and ${id} = current_setting('nightledger.client_id')::bigint`;
}

/** Keeps the rows of the days asked for. */
export function within(sql: Tx, { from, to }: ExportFilter, day: Fragment): Fragment {
  return sql`
    ${from === null ? sql`` : sql`and ${day} >= current_setting('nightledger.from')::date`}
    ${to === null ? sql`` : sql`and ${day} <= current_setting('nightledger.to')::date`}
  `;
}
