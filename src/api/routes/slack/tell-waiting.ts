import type { ChangedRoute } from "../../../actions/change-alert-routes.ts";
import type { Tx } from "../../../db/client.ts";
import { countOwedByRoute } from "../../../db/slack-alerts.ts";
import { postSlackAlerts } from "../../../jobs/slack/post-alerts.ts";
import { enqueue } from "../../../queue/enqueue.ts";
import { askedBy } from "../../asked-by.ts";
import type { CompanyContext } from "../../context.ts";

/** What waited for routes that are on now is told. Says how much each route of the company is owed. */
export async function tellWaiting(
  context: CompanyContext & { tx: Tx },
  changed: readonly ChangedRoute[],
): Promise<Map<number, number>> {
  const { tx, company } = context;
  const owed = await countOwedByRoute(tx, company.id);
  for (const { route, eventId } of changed) {
    if (!route.isEnabled || !owed.has(route.id)) continue;
    await enqueue(
      tx,
      postSlackAlerts,
      { companyId: company.id, routeId: route.id, eventId },
      askedBy(context),
    );
  }
  return owed;
}
