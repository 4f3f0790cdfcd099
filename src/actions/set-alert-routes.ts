import type { Tx } from "../db/client.ts";
import type { SlackRouteRow } from "../db/slack-routes.ts";
import type { Acting } from "./acting.ts";
import {
  createAlertRoute,
  deleteAlertRoute,
  updateAlertRoute,
  type AlertRouteInput,
  type ChangedRoute,
} from "./change-alert-routes.ts";

/**
 * Makes a company's locked routes those that are given, no two of one type and channel: the others are
 * deleted, and what is there already stays as it is. Answers what changed.
 */
export async function setAlertRoutes(
  tx: Tx,
  by: Acting & { causerId: number },
  stored: readonly SlackRouteRow[],
  inputs: readonly AlertRouteInput[],
): Promise<ChangedRoute[]> {
  const left = new Map(stored.map((route) => [nameOf(route), route]));
  const changed: ChangedRoute[] = [];
  for (const input of inputs) {
    const route = left.get(nameOf(input));
    left.delete(nameOf(input));
    if (route === undefined) changed.push(await createAlertRoute(tx, by, input));
    else if (route.isEnabled !== input.isEnabled) {
      changed.push(await updateAlertRoute(tx, by, route, input));
    }
  }
  for (const route of left.values()) await deleteAlertRoute(tx, by, route);
  return changed;
}

function nameOf({ eventType, channel }: Pick<AlertRouteInput, "eventType" | "channel">): string {
  return `${eventType} ${channel}`;
}
