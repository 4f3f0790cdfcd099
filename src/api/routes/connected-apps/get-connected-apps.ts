import { z } from "zod";
import { countAppAccess, listAppAccess, type AppAccessRow } from "../../../db/app-access.ts";
import { isAtLeast } from "../../../db/company-members.ts";
import {
  instantJson,
  listAnswer,
  listJson,
  pageOf,
  pageQuery,
  presentInstant,
} from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";

const connectedAppJson = z
  .object({
    id: z.int(),
    app: z.object({ client_id: z.string(), name: z.string(), website: z.string().nullable() }),
    company_id: z.int(),
    user_id: z.int().meta({ description: "Who let it in, and for whom it acts." }),
    user_name: z.string(),
    scopes: z.array(z.string()),
    last_used_at: instantJson.nullable(),
    expires_at: instantJson.meta({ description: "Later with each use, for a year at most." }),
    created_at: instantJson,
  })
  .meta({ id: "ConnectedApp" });

/** GET /settings/connected-apps — the apps that one let in; for admins, those of everybody here. */
export const getConnectedAppsRoute = defineRoute({
  method: "get",
  path: "/settings/connected-apps",
  summary: "List the apps that have access",
  description: "One's own; for admins, those that anybody let into the company.",
  tag: "Apps (OAuth)",
  access: { scope: "settings:read", sessionOnly: true },
  query: z.strictObject(pageQuery),
  answers: { 200: listJson(connectedAppJson, {}) },

  async run({ sql, user, company, role, clock }, { query }) {
    const page = pageOf(query);
    const filter = {
      companyId: company.id,
      userId: isAtLeast(role, "admin") ? undefined : user.id,
      now: clock.now(),
    };
    const [apps, total] = await Promise.all([
      listAppAccess(sql, { ...filter, ...page }),
      countAppAccess(sql, filter),
    ]);
    return listAnswer(apps.map(presentConnectedApp), { ...page, total });
  },
});

function presentConnectedApp(row: AppAccessRow): z.input<typeof connectedAppJson> {
  return {
    id: row.id,
    app: { client_id: row.clientIdentifier, name: row.clientName, website: row.website },
    company_id: row.companyId,
    user_id: row.userId,
    user_name: row.userName,
    scopes: row.scopes,
    last_used_at: presentInstant(row.lastUsedAt),
    expires_at: presentInstant(row.expiresAt),
    created_at: presentInstant(row.createdAt),
  };
}
