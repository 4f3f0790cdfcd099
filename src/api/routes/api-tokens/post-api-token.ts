import { z } from "zod";
import { requireFeature } from "../../../actions/require-plan.ts";
import { insertApiToken } from "../../../db/api-tokens.ts";
import { recordAudit } from "../../../db/audit.ts";
import { InvalidInput } from "../../../errors.ts";
import { createToken, hashToken } from "../../../platform/tokens.ts";
import { defineRoute } from "../../define-route.ts";
import { instant, requiredText } from "../../inputs.ts";
import { scopes, scopesNeededBy, type Scope } from "../../scopes.ts";
import { apiTokenJson, presentApiToken, scopeInput } from "./schema.ts";

/** How much of a token is kept readable: the prefix and six characters. */
const shownLength = 9;

/** POST /api-tokens — makes a token for the current company; shown once, kept as a hash. */
export const postApiTokenRoute = defineRoute({
  method: "post",
  path: "/api-tokens",
  summary: "Create an API token",
  description:
    "Requires a plan with API access. The token field is only returned on creation. Without `scopes` " +
    "the token has all of them; it never may more than its creator's role.",
  tag: "API tokens",
  access: { scope: "settings:write", sessionOnly: true, minimumRole: "admin" },
  body: z.strictObject({
    name: requiredText(255),
    scopes: z.array(scopeInput).min(1).max(scopes.length).optional(),
    expires_at: instant.nullable().optional(),
  }),
  answers: { 201: z.object({ data: apiTokenJson.extend({ token: z.string() }) }) },
  answerIsSecret: true,

  async run({ tx, user, company, clock, requestId }, { body }) {
    requireFeature(company, "apiAccess");
    const now = clock.now();
    if (body.expires_at && body.expires_at <= now) {
      throw new InvalidInput({ expires_at: ["Must be in the future."] });
    }
    const granted = checkScopes(body.scopes ?? scopes);
    const token = createToken("nl");
    const row = await insertApiToken(tx, {
      userId: user.id,
      companyId: company.id,
      name: body.name,
      prefix: token.slice(0, shownLength),
      tokenHash: hashToken(token),
      scopes: granted,
      expiresAt: body.expires_at ?? null,
      now,
    });
    await recordAudit(tx, {
      companyId: company.id,
      userId: user.id,
      action: "api-token.created",
      subjectType: "api-token",
      subjectId: row.id,
      details: { scopes: granted },
      requestId,
    });
    return { status: 201, body: { data: { ...presentApiToken(row), token } } };
  },
});

/** A write scope without its read scope would be refused at every use: better said now. */
function checkScopes(wanted: readonly Scope[]): Scope[] {
  const errors: Record<string, string[]> = {};
  wanted.forEach((scope, position) => {
    const missing = scopesNeededBy(scope).find((needed) => !wanted.includes(needed));
    if (missing !== undefined) errors[`scopes.${position}`] = [`${scope} needs ${missing} too.`];
  });
  if (Object.keys(errors).length > 0) throw new InvalidInput(errors);
  return scopes.filter((scope) => wanted.includes(scope));
}
