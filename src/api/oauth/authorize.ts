import { grantAppAccess } from "../../actions/app-access.ts";
import { requireFeature } from "../../actions/require-plan.ts";
import { plans } from "../../billing/plans.ts";
import { lockCompany, type CompanyRow } from "../../db/companies.ts";
import { findRole } from "../../db/company-members.ts";
import { holdSession } from "../../db/sessions.ts";
import { inTransaction } from "../../db/transaction.ts";
import { NotFound } from "../../errors.ts";
import type { ApiServices } from "../context.ts";
import { describeScope } from "../scopes.ts";
import {
  answerAt,
  checkAuthorizationRequest,
  resourceOf,
  type AuthorizationRequest,
} from "./authorization-request.ts";
import { CODE_MS, issueCode } from "./tokens.ts";

/** How the console asks people about apps (`Apps` of console/services.ts). */
export function createApps(services: ApiServices) {
  const issuer = services.publicUrl;
  return {
    async read(query: URLSearchParams) {
      const checked = await checkAuthorizationRequest(services.sql, query, issuer());
      if (checked.kind !== "good") return checked;
      const { request } = checked;
      return {
        kind: "good" as const,
        request: {
          app: request.client,
          redirectUri: request.redirectUri,
          wishes: request.scopes.map(describeScope),
          allow: async (who: Allowing) => await allowApp(services, request, who),
          deny: () =>
            answerAt(request, issuer(), {
              error: "access_denied",
              error_description: "The person said no.",
            }),
        },
      };
    },
    isFor: ({ plan }: Pick<CompanyRow, "plan">) => plans[plan].features.apiAccess,
  };
}

/** Who lets an app into which company, by which request. */
interface Allowing {
  userId: number;
  sessionId: number;
  companyId: number;
  requestId: string;
}

/**
 * A person lets an app into one of their companies. Returns where to send the browser; undefined when
 * they are not signed in any more. Session and company are locked: who ends all that the person's apps
 * may, for a new password or when they are removed, comes before and is seen here, or after and sees it.
 *
 * @throws NotFound when the company is not theirs
 * @throws Forbidden when its plan has no API access
 */
async function allowApp(
  services: ApiServices,
  request: AuthorizationRequest,
  who: Allowing,
): Promise<string | undefined> {
  const issuer = services.publicUrl();
  const now = services.clock.now();
  return await inTransaction(services.sql, async (tx) => {
    if (!(await holdSession(tx, { sessionId: who.sessionId, now }))) return undefined;
    const company = await lockCompany(tx, who.companyId);
    const role = await findRole(tx, who);
    if (company === undefined || role === undefined) throw new NotFound("Company");
    requireFeature(company, "apiAccess");
    const { requestId, userId: causerId } = who;
    const accessId = await grantAppAccess(
      tx,
      { company, causerId, now: company.testNow ?? now, machineNow: now, requestId },
      {
        app: request.client,
        scopes: request.scopes,
        audience: resourceOf(issuer),
        expiresAt: new Date(now.getTime() + CODE_MS),
      },
    );
    const code = await issueCode(tx, request, {
      access: { companyId: company.id, accessId },
      working: { issuer, now, requestId },
    });
    return answerAt(request, issuer, { code });
  });
}
