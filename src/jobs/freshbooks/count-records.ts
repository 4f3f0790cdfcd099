import { withConnection, type ConnectionUser } from "../../actions/use-connection.ts";
import type { FreshBooks } from "../../connectors/freshbooks/freshbooks.ts";
import { ProviderRejected } from "../../errors.ts";
import { callerOf } from "./calls.ts";
import { importableResources, planSteps, type ImportableResource } from "./plan.ts";

/** Lists counted at a time: somebody waits for it. */
const AT_ONCE = 4;

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
    const call = callerOf(user, connection);
    const count = async (name: ImportableResource): Promise<number | null> => {
      let found = 0;
      try {
        for (const { visState } of planSteps([name])) {
          found += await call((given) =>
            user.connectors.freshbooks.count(given, { name, visState }),
          );
        }
        return found;
      } catch (error) {
        if (error instanceof ProviderRejected && error.code === "provider_forbidden") return null;
        throw error;
      }
    };
    const counts: Record<string, number | null> = {};
    for (let at = 0; at < importableResources.length; at += AT_ONCE) {
      const names = importableResources.slice(at, at + AT_ONCE);
      const found = await Promise.all(names.map(count));
      for (const [index, name] of names.entries()) counts[name] = found[index] ?? null;
    }
    return { account: connection.externalId, counts };
  });
}
