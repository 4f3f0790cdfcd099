import { z } from "zod";
import { recordAudit } from "../../../db/audit.ts";
import { updateOAuthClient } from "../../../db/oauth-clients.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { answerClient, checkClient, clientFields, clientJson, getLockedClient } from "./schema.ts";

/** PUT and PATCH /settings/oauth-clients/:id */
export const putOAuthClientRoute = defineRoute({
  method: "put",
  alsoPatch: true,
  putRequires: ["name", "redirect_uris", "scopes"],
  path: "/settings/oauth-clients/:id",
  summary: "Update an app",
  description:
    "A scope that is taken away here is gone at once from all access that people gave the app before.",
  tag: "Apps (OAuth)",
  access: { scope: "settings:write", sessionOnly: true, minimumRole: "admin" },
  params: z.object({ id: idParam }),
  body: clientFields.partial(),
  answers: { 200: z.object({ data: clientJson }) },

  async run({ tx, user, company, clock, requestId }, { params, body }) {
    const key = { companyId: company.id, id: params.id };
    const stored = await getLockedClient(tx, key);
    const fields = checkClient(
      {
        name: body.name ?? stored.name,
        website: body.website === undefined ? stored.website : body.website,
        redirectUris: body.redirect_uris ?? stored.redirectUris,
        scopes: body.scopes ?? stored.scopes,
      },
      { isPublic: stored.secretHash === null },
    );
    await updateOAuthClient(tx, stored.id, { ...fields, now: clock.now() });
    await recordAudit(tx, {
      companyId: company.id,
      userId: user.id,
      action: "oauth-client.updated",
      subjectType: "oauth-client",
      subjectId: stored.id,
      details: { name: fields.name, scopes: fields.scopes, redirect_uris: fields.redirectUris },
      requestId,
    });
    return answerClient(await getLockedClient(tx, key));
  },
});
