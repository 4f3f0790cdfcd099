import { withBudget } from "../../actions/provider-budget.ts";
import type { ConnectionUser, OpenConnection } from "../../actions/use-connection.ts";
import type { FbCall } from "../../connectors/freshbooks/freshbooks.ts";
import { businessSetting } from "../../connectors/freshbooks/oauth.ts";
import type { Place } from "../../connectors/freshbooks/resources.ts";

/** FreshBooks documents no limit; this is what others live with. */
const LIMIT = { perSecond: 5, burst: 10, waitMsMax: 10_000 };

/** One request, within the limit. */
type CallFreshBooks = <Result>(request: (call: FbCall) => Promise<Result>) => Promise<Result>;

export function callerOf(user: ConnectionUser, connection: OpenConnection): CallFreshBooks {
  const place = placeOf(connection);
  const budget = { key: `freshbooks/${connection.externalId}`, limit: LIMIT };
  return async (request) =>
    await connection.call((accessToken) =>
      withBudget(user, budget, () => request({ accessToken, place, signal: user.signal })),
    );
}

/** Whose books, and which business: kept with the connection when it was made. */
function placeOf({ externalId, settings }: OpenConnection): Place {
  const businessId = settings[businessSetting(externalId)];
  return { accountId: externalId, businessId: typeof businessId === "number" ? businessId : null };
}
