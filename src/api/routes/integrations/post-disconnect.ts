import { z } from "zod";
import { closeChannels } from "../../../actions/close-channels.ts";
import { disconnectProvider } from "../../../actions/disconnect-provider.ts";
import { getProvider } from "../../connecting.ts";
import { defineRoute } from "../../define-route.ts";
import { providerParams } from "./schema.ts";

/** POST /integrations/:provider/disconnect — withdraws our access there and forgets it here. */
export const postDisconnectRoute = defineRoute({
  method: "post",
  path: "/integrations/:provider/disconnect",
  summary: "Disconnect from a provider",
  description:
    "Forgets the credentials whether or not the provider can be told; the activity log says which.",
  tag: "Integrations",
  access: { scope: "integrations:write", minimumRole: "admin" },
  params: providerParams,
  answers: { 200: z.object({ data: z.object({ message: z.string() }) }) },
  failures: [409],
  isTransactional: false,

  async run(context, { params }) {
    const { sql, clock, services, company, user, requestId } = context;
    const provider = getProvider(context, params.provider);
    const { connectors } = services;
    const caller = { sql, clock, connectors, signal: AbortSignal.timeout(20_000) };
    if (provider.name === "google-calendar") {
      await closeChannels(caller, company.id, async (call, channel) => {
        await connectors.googleCalendar.closeChannel(call, channel);
      });
    }
    await disconnectProvider(caller, { provider, company, userId: user.id, requestId });
    const message = `Disconnected from ${provider.title}.`;
    return { status: 200, body: { data: { message } } };
  },
});
