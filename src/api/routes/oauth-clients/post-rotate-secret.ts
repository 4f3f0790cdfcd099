import { z } from "zod";
import { recordAudit } from "../../../db/audit.ts";
import { setOAuthClientSecret } from "../../../db/oauth-clients.ts";
import { Conflict } from "../../../errors.ts";
import { createToken, hashToken } from "../../../platform/tokens.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { clientWithSecretJson, getLockedClient, presentClient } from "./schema.ts";

/** POST /settings/oauth-clients/:id/rotate-secret — a new secret; the one before it is worth nothing at once. */
export const postRotateClientSecretRoute = defineRoute({
  method: "post",
  path: "/settings/oauth-clients/:id/rotate-secret",
  summary: "Rotate an app's secret",
  description: "409 for a public client, which has none.",
  tag: "Apps (OAuth)",
  access: { scope: "settings:write", sessionOnly: true, minimumRole: "admin" },
  params: z.object({ id: idParam }),
  answers: { 200: z.object({ data: clientWithSecretJson }) },
  answerIsSecret: true,
  failures: [409],

  async run({ tx, user, company, clock, requestId }, { params }) {
    const key = { companyId: company.id, id: params.id };
    const stored = await getLockedClient(tx, key);
    if (stored.secretHash === null) {
      throw new Conflict("A public client has no secret.", { code: "public_client" });
    }
    const secret = createToken("nlk");
    const secretHash = hashToken(secret);
    await setOAuthClientSecret(tx, stored.id, { secretHash, now: clock.now() });
    await recordAudit(tx, {
      companyId: company.id,
      userId: user.id,
      action: "oauth-client.secret-rotated",
      subjectType: "oauth-client",
      subjectId: stored.id,
      requestId,
    });
    const client = await getLockedClient(tx, key);
    return {
      status: 200,
      body: { data: { ...presentClient(client), client_secret: secret } },
      version: client,
    };
  },
});
