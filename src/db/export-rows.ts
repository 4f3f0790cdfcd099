import type { Readable } from "node:stream";
import type { Fragment, Sql, Tx } from "./client.ts";
import type { ExportFilter, ExportSource, Written } from "./export-columns.ts";
import { customerSources } from "./export-customers.ts";
import { invoiceSources } from "./export-invoices.ts";
import { offerSources } from "./export-offers.ts";
import { workSources } from "./export-work.ts";

export type ExportFormat = "csv" | "json";

/** Every kind of records, in the order in which all of them are written. */
const sources = { ...customerSources, ...workSources, ...invoiceSources, ...offerSources };

export type ExportResource = keyof typeof sources;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a constant object
export const exportResources = Object.keys(sources) as ExportResource[];

/** What of a filter the rows of a resource know nothing of. */
export function filtersUnknownTo(
  resource: ExportResource,
  { projectId, clientId, from, to }: Omit<ExportFilter, "companyId">,
): ("projectId" | "clientId" | "from" | "to")[] {
  const { hasClient, hasProject, hasDate } = sources[resource];
  return [
    ...(projectId !== null && !hasProject ? (["projectId"] as const) : []),
    ...(clientId !== null && !hasClient ? (["clientId"] as const) : []),
    ...(from !== null && !hasDate ? (["from"] as const) : []),
    ...(to !== null && !hasDate ? (["to"] as const) : []),
  ];
}

/** The columns of one resource, or of all of them side by side. */
export function columnsOf(resource: ExportResource | null): string[] {
  if (resource !== null) return sources[resource].columns.trim().split(/\s+/);
  return [...new Set(exportResources.flatMap((each) => columnsOf(each)))];
}

/**
 * One instant of a company's records, to be read resource by resource. Nothing that is asked for gets
 * into a statement's text.
 */
export async function openExport(tx: Tx, filter: ExportFilter): Promise<void> {
  const { companyId, projectId, clientId, from, to } = filter;
  await tx`
    select
      set_config('statement_timeout', '0', true),
      set_config('nightledger.company_id', ${String(companyId)}, true),
      set_config('nightledger.project_id', ${String(projectId ?? "")}, true),
      set_config('nightledger.client_id', ${String(clientId ?? "")}, true),
      set_config('nightledger.from', ${from ?? ""}, true),
      set_config('nightledger.to', ${to ?? ""}, true)
  `;
}

/** How many rows an export has, counted no further than `limit`. */
export async function countExportRows(
  sql: Sql,
  filter: ExportFilter,
  { resources, limit }: { resources: readonly ExportResource[]; limit: number },
): Promise<number> {
  return await sql.begin("read only", async (tx) => {
    await openExport(tx, filter);
    let count = 0;
    for (const resource of resources) {
      const [row] = await tx<{ count: number }[]>`
        select count(*)::int as count
        from (
          select from (${rowsOf(tx, resource, filter, plain)}) as t limit ${limit - count}
        ) as first
      `;
      count += row!.count;
      if (count >= limit) break;
    }
    return count;
  });
}

/**
 * The rows of a resource by id, as PostgreSQL itself writes them: CSV records or JSON objects, each in a
 * chunk of its own that ends with a line feed (its protocol sends a row per message). Read to the end.
 *
 * @param columns of a CSV file; those the resource lacks are empty, `resource` is its name
 */
export async function readExportRows(
  tx: Tx,
  filter: ExportFilter,
  { resource, columns }: { resource: ExportResource; columns: readonly string[] | null },
): Promise<Readable> {
  if (columns === null) {
    // No JSON text holds these characters, so nothing in it is quoted.
    return await tx`
      copy (
        select row_to_json(t) from (${rowsOf(tx, resource, filter, plain)}) as t order by t.id
      ) to stdout (format csv, quote E'\\x01', delimiter E'\\x02')
    `.readable();
  }
  await tx`select set_config('nightledger.resource', ${resource}, true)`;
  const own = new Set(columnsOf(resource));
  const values = columns.map((column, index) => {
    const value = valueOf(column);
    return index === 0 ? value : tx`, ${value}`;
  });
  function valueOf(column: string): Fragment {
    if (column === "resource") return tx`current_setting('nightledger.resource')`;
    return own.has(column) ? tx`t.${tx(column)}` : tx`null`;
  }
  const written = {
    text: (value: Fragment) => tx`export_text(${value})`,
    flag: (value: Fragment) => tx`${value}::text`,
  };
  return await tx`
    copy (
      select ${values} from (${rowsOf(tx, resource, filter, written)}) as t order by t.id
    ) to stdout (format csv)
  `.readable();
}

/** The rows of a resource, to be read from in a statement after `openExport`. */
export function rowsToRead(tx: Tx, resource: ExportResource): Fragment {
  const all = { companyId: 0, projectId: null, clientId: null, from: null, to: null };
  return rowsOf(tx, resource, all, plain);
}

const plain: Written = { text: (value) => value, flag: (value) => value };

function rowsOf(
  tx: Tx,
  resource: ExportResource,
  filter: ExportFilter,
  written: Written,
): Fragment {
  const source: ExportSource = sources[resource];
  return source.rows(tx, written, filter);
}
