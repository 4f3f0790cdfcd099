import { withBudget } from "../../actions/provider-budget.ts";
import { withConnection, type ConnectionUser } from "../../actions/use-connection.ts";
import type { FreshBooks } from "../../connectors/freshbooks/freshbooks.ts";
import { resources, type ResourceName } from "../../connectors/freshbooks/resources.ts";
import { ProviderRejected } from "../../errors.ts";
import { freshbooksLimit, placeOf } from "./import.ts";

/**
 * How much there is of each resource in the connected account; null for what the connection may not read.
 *
 * @throws ConnectionRevoked when the company is not connected
 */
export async function countRecords(
  user: ConnectionUser & { connectors: { freshbooks: FreshBooks } },
  companyId: number,
): Promise<{ account: string; counts: Record<string, number | null> }> {
  return await withConnection(user, { companyId, provider: "freshbooks" }, async (connection) => {
    const budget = { key: `freshbooks/${connection.externalId}`, limit: freshbooksLimit };
    const count = async (name: ResourceName): Promise<number | null> => {
      try {
        return await connection.call((accessToken) =>
          withBudget(user, budget, () =>
            user.connectors.freshbooks.count(
              { accessToken, place: placeOf(connection), signal: user.signal },
              name,
            ),
          ),
        );
      } catch (error) {
        if (error instanceof ProviderRejected && error.code === "provider_forbidden") return null;
        throw error;
      }
    };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of this very table
    const names = Object.keys(resources) as ResourceName[];
    const counts = await Promise.all(names.map(async (name) => [name, await count(name)] as const));
    return { account: connection.externalId, counts: Object.fromEntries(counts) };
  });
}
