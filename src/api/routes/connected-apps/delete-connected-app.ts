import { z } from "zod";
import { endAppAccess } from "../../../actions/app-access.ts";
import { lockAppAccess } from "../../../db/app-access.ts";
import { isAtLeast } from "../../../db/company-members.ts";
import { NotFound } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

/** DELETE /settings/connected-apps/:id — the app is out, in every process within two seconds. */
export const deleteConnectedAppRoute = defineRoute({
  method: "delete",
  path: "/settings/connected-apps/:id",
  summary: "End an app's access",
  description: "One's own; for admins, anybody's. Every token that came of it is worth nothing.",
  tag: "Apps (OAuth)",
  access: { scope: "settings:write", sessionOnly: true, minimumRole: "viewer" },
  params: z.object({ id: idParam }),
  answers: { 204: null },

  async run({ tx, user, company, role, clock, requestId }, { params }) {
    const key = { companyId: company.id, id: params.id };
    const access = await lockAppAccess(tx, key);
    const isTheirs = access?.userId === user.id || isAtLeast(role, "admin");
    if (access === undefined || !isTheirs) throw new NotFound("App");
    const now = clock.now();
    await endAppAccess(tx, key, { because: "by_person", causerId: user.id, requestId, now });
    return { status: 204 };
  },
});
