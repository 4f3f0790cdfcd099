import { z } from "zod";
import { recordAudit } from "../../../db/audit.ts";
import { markOAuthClientDeleted } from "../../../db/oauth-clients.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { getLockedClient } from "./schema.ts";

/** DELETE /settings/oauth-clients/:id — whatever people gave the app is worth nothing from then on. */
export const deleteOAuthClientRoute = defineRoute({
  method: "delete",
  path: "/settings/oauth-clients/:id",
  summary: "Delete an app",
  description: "Ends the access that anybody gave it, in every company.",
  tag: "Apps (OAuth)",
  access: { scope: "settings:write", sessionOnly: true, minimumRole: "admin" },
  params: z.object({ id: idParam }),
  answers: { 204: null },

  async run({ tx, user, company, clock, requestId }, { params }) {
    const client = await getLockedClient(tx, { companyId: company.id, id: params.id });
    await markOAuthClientDeleted(tx, client.id, { now: clock.now() });
    await recordAudit(tx, {
      companyId: company.id,
      userId: user.id,
      action: "oauth-client.deleted",
      subjectType: "oauth-client",
      subjectId: client.id,
      details: { name: client.name },
      requestId,
    });
    return { status: 204 };
  },
});
