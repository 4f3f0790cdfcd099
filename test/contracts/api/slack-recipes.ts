import { connectOverApi } from "../../support/connect.ts";
import type { Made, World } from "./world.ts";

/** A channel of the sandbox. */
export const slackChannel = "C0BILLING01";

export async function connectSlack({ api, token, companyId }: World): Promise<unknown> {
  const connectPath = `/api/v1/integrations/slack/connect?company_id=${companyId}`;
  return await connectOverApi(api.ask, { token, connectPath });
}

/** Connected, and nothing is told anywhere. */
export async function freeSlack(world: World): Promise<unknown> {
  await connectSlack(world);
  return await world.need("PUT", "/integrations/slack/alerts", { alerts: [] });
}

export async function makeSlackAlert(world: World): Promise<Made> {
  await freeSlack(world);
  const body = { event_type: "invoice.paid", channel: slackChannel };
  return await world.need("POST", "/integrations/slack/alerts", body);
}
