import type { OpenConnection } from "../../actions/use-connection.ts";
import type { FbPage } from "../../connectors/freshbooks/freshbooks.ts";
import type { FbClient } from "../../connectors/freshbooks/schemas.ts";
import { findRefsOfExternals } from "../../db/external-refs.ts";
import { ProviderRejected } from "../../errors.ts";
import type { JobContext } from "../define-job.ts";
import { callerOf } from "./calls.ts";
import type { ImportableResource, Step } from "./plan.ts";

type PageOf<Name extends ImportableResource> = FbPage<Name> & { name: Name };
/** A page of some resource, and what else its records need. */
export type AnyPage = { [Name in ImportableResource]: PageOf<Name> }[ImportableResource] & {
  /** Clients that its records speak of and no list shows, because they were deleted there. */
  missingClients: FbClient[];
  /** Names of expense categories by their ids. */
  categories: ReadonlyMap<string, string>;
};

/** Reads pages over a connection, within the limit. */
export function createReader(
  ctx: JobContext,
  connection: OpenConnection,
): (step: Step, page: number) => Promise<AnyPage> {
  const { freshbooks } = ctx.connectors;
  const call = callerOf(ctx, connection);
  let categories: Map<string, string> | undefined;

  async function readCategories(): Promise<Map<string, string>> {
    const names = new Map<string, string>();
    for (let page = 1, pages = 1; page <= pages; page += 1) {
      const read = await call((given) => freshbooks.listExpenseCategories(given, page));
      for (const [id, name] of read.names) names.set(id, name);
      ({ pages } = read);
    }
    return names;
  }

  /** Records of the past may speak of clients that are gone: each is asked for by its id. */
  async function readMissingClients(page: FbPage<ImportableResource>): Promise<FbClient[]> {
    const wanted = new Set(page.records.flatMap(clientIdsOf));
    const known = await findRefsOfExternals(
      ctx.sql,
      {
        companyId: connection.companyId,
        provider: "freshbooks",
        account: connection.externalId,
        kind: "client",
      },
      [...wanted],
    );
    for (const { externalId } of known) wanted.delete(externalId);
    const found: FbClient[] = [];
    for (const id of wanted) {
      const client = await call((given) => freshbooks.findClient(given, id));
      if (client !== undefined) found.push(client);
    }
    return found;
  }

  return async ({ resource, visState }, number) => {
    const list = { name: resource, visState, page: number };
    const page = await call((given) => freshbooks.listPage(given, list));
    if (resource === "expenses") categories ??= await readCategories().catch(orNoNames);
    const further = {
      name: resource,
      missingClients: resource === "clients" ? [] : await readMissingClients(page),
      categories: categories ?? new Map<string, string>(),
    };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the records are of this very name
    return { ...page, ...further } as AnyPage;
  };
}

function clientIdsOf(record: object): string[] {
  return ["customerid", "clientid", "client_id"].flatMap((name) => {
    const id: unknown = Object.entries(record).find(([key]) => key === name)?.[1];
    return typeof id === "string" ? [id] : [];
  });
}

/** An expense without its category's name is an expense all the same. */
function orNoNames(error: unknown): Map<string, string> {
  if (error instanceof ProviderRejected) return new Map();
  throw error;
}
