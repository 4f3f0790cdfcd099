import { z } from "zod";
import { requireFeature } from "../../../actions/require-plan.ts";
import { recordAudit } from "../../../db/audit.ts";
import { countOAuthClients, insertOAuthClient } from "../../../db/oauth-clients.ts";
import { lockCompany } from "../../../db/companies.ts";
import { Conflict } from "../../../errors.ts";
import { createToken, hashToken } from "../../../platform/tokens.ts";
import { defineRoute } from "../../define-route.ts";
import {
  checkClient,
  clientFields,
  clientWithSecretJson,
  createIdentifier,
  getLockedClient,
  presentClient,
} from "./schema.ts";

const CLIENTS_MAX = 50;

/** POST /settings/oauth-clients — registers an app; its secret is shown once, and kept as a hash. */
export const postOAuthClientRoute = defineRoute({
  method: "post",
  path: "/settings/oauth-clients",
  summary: "Register an app",
  description:
    "Requires a plan with API access. A `confidential` client gets a secret, which is only returned " +
    "here and when it is rotated; a `public` one, which runs on people's own machines or in their " +
    `browser, has none. 409 when the company has ${CLIENTS_MAX} already.`,
  tag: "Apps (OAuth)",
  access: { scope: "settings:write", sessionOnly: true, minimumRole: "admin" },
  body: clientFields.extend({ type: z.enum(["public", "confidential"]) }),
  answers: { 201: z.object({ data: clientWithSecretJson }) },
  answerIsSecret: true,
  failures: [409],

  async run({ tx, user, company, clock, requestId }, { body }) {
    requireFeature(company, "apiAccess");
    const isPublic = body.type === "public";
    const fields = checkClient(
      { ...body, website: body.website ?? null, redirectUris: body.redirect_uris },
      { isPublic },
    );
    // One after the other, so that two at once do not both find room.
    await lockCompany(tx, company.id);
    if ((await countOAuthClients(tx, company.id)) >= CLIENTS_MAX) {
      throw new Conflict(`A company has at most ${CLIENTS_MAX} apps.`, { code: "too_many_apps" });
    }
    const secret = isPublic ? null : createToken("nlk");
    const id = await insertOAuthClient(tx, {
      ...fields,
      ownerCompanyId: company.id,
      createdBy: user.id,
      identifier: createIdentifier(),
      secretHash: secret === null ? null : hashToken(secret),
      now: clock.now(),
    });
    const client = await getLockedClient(tx, { companyId: company.id, id });
    await recordAudit(tx, {
      companyId: company.id,
      userId: user.id,
      action: "oauth-client.created",
      subjectType: "oauth-client",
      subjectId: id,
      details: { name: client.name, scopes: client.scopes, redirect_uris: client.redirectUris },
      requestId,
    });
    return {
      status: 201,
      headers: { Location: `/api/v1/settings/oauth-clients/${id}` },
      body: { data: { ...presentClient(client), client_secret: secret } },
      version: client,
    };
  },
});
