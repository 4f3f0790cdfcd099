import type { z } from "zod";
import type { Sql } from "../../../db/client.ts";
import { listConnections } from "../../../db/connections.ts";
import { countHeldByProvider } from "../../../db/run-operations.ts";
import type { CompanyContext } from "../../context.ts";
import { presentIntegration, type integrationJson } from "./schema.ts";

/** How a company stands with each provider, in the order of their titles. */
export async function readIntegrations({
  sql,
  company,
  services,
}: CompanyContext & { sql: Sql }): Promise<z.input<typeof integrationJson>[]> {
  const { keys, providers } = services.connectors.connections;
  const [rows, held] = await Promise.all([
    listConnections(sql, company.id),
    countHeldByProvider(sql, company.id),
  ]);
  return [...providers.values()]
    .toSorted((one, other) => one.title.localeCompare(other.title, "en"))
    .map((provider) =>
      presentIntegration(provider, {
        row: rows.find((row) => row.provider === provider.name),
        isAvailable: keys.ids.length > 0 && (provider.usesCompanyApp || provider.app !== null),
        heldRuns: held.get(provider.name) ?? 0,
      }),
    );
}
