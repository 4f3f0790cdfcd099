import { z } from "zod";
import { listChannels } from "../../../db/calendar-channels.ts";
import { findCurrentSync } from "../../../db/calendar-syncs.ts";
import { NotFound } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { readIntegrations } from "../integrations/read-integrations.ts";
import { integrationJson } from "../integrations/schema.ts";
import { presentSync, syncJson } from "./schema.ts";

/** GET /integrations/google-calendar/status — as for every provider, and how the sync stands. */
export const getGoogleCalendarStatusRoute = defineRoute({
  method: "get",
  path: "/integrations/google-calendar/status",
  summary: "Status of the calendar sync",
  tag: "Google Calendar",
  access: { scope: "integrations:read" },
  answers: {
    200: z.object({
      data: integrationJson.extend({
        sync: syncJson.nullable().meta({ description: "Null until a calendar is chosen." }),
      }),
    }),
  },

  async run(context) {
    const { sql, company } = context;
    const integrations = await readIntegrations(context);
    const integration = integrations.find(({ provider }) => provider === "google-calendar");
    if (integration === undefined) throw new NotFound("Integration");
    const companyId = company.id;
    const account = integration.account?.id;
    const sync =
      account === undefined ? undefined : await findCurrentSync(sql, { companyId, account });
    const channels = await listChannels(sql, companyId);
    const channel = channels.find(({ syncId, resourceId }) => syncId === sync?.id && resourceId);
    const data = {
      ...integration,
      sync: sync === undefined ? null : presentSync(sync, channel?.expiresAt ?? null),
    };
    return { status: 200, body: { data } };
  },
});
