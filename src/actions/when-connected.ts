import { findConnection } from "../db/connections.ts";
import { ConnectionRevoked } from "../errors.ts";
import type { ProviderName } from "../platform/oauth.ts";
import { parkRefused, type ConnectionUser } from "./use-connection.ts";

/**
 * Work that needs a provider, for a company that may have lost it: parked, it is refused and waits;
 * never connected or disconnected, there is nothing to be done. What is refused on the way parks the
 * connection, unless that was renewed meanwhile.
 *
 * @throws ConnectionRevoked while the company has to connect again
 */
export async function whenConnected<Result>(
  user: ConnectionUser,
  key: { companyId: number; provider: ProviderName },
  work: () => Promise<Result>,
): Promise<{ isConnected: true; result: Result } | { isConnected: false; title: string }> {
  const row = await findConnection(user.sql, key);
  const title = user.connectors.connections.providers.get(key.provider)?.title ?? key.provider;
  if (row === undefined || row.status === "disabled") return { isConnected: false, title };
  if (row.status === "needs_reauth") {
    throw new ConnectionRevoked(`${title} has to be connected again`);
  }
  try {
    return { isConnected: true, result: await work() };
  } catch (error) {
    if (error instanceof ConnectionRevoked) {
      await parkRefused(user, key, { title, version: row.version, error });
    }
    throw error;
  }
}
