import { z } from "zod";
import { revokeApiToken } from "../../../db/api-tokens.ts";
import { recordAudit } from "../../../db/audit.ts";
import { NotFound } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

/** DELETE /api-tokens/:token_id — revokes one's own token; it stops working within two seconds. */
export const deleteApiTokenRoute = defineRoute({
  method: "delete",
  path: "/api-tokens/:token_id",
  summary: "Revoke an API token",
  tag: "API tokens",
  access: { scope: "settings:write", sessionOnly: true, minimumRole: "viewer" },
  params: z.object({ token_id: idParam }),
  answers: { 204: null },

  async run({ tx, user, company, clock, requestId }, { params }) {
    const isRevoked = await revokeApiToken(tx, {
      id: params.token_id,
      userId: user.id,
      companyId: company.id,
      now: clock.now(),
    });
    if (!isRevoked) throw new NotFound("API token");
    await recordAudit(tx, {
      companyId: company.id,
      userId: user.id,
      action: "api-token.revoked",
      subjectType: "api-token",
      subjectId: params.token_id,
      requestId,
    });
    return { status: 204 };
  },
});
