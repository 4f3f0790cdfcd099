import { z } from "zod";
import { deleteRule, getLockedRule } from "../../../actions/save-rule.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

/** DELETE /rules/:rule — what it did stays done. */
export const deleteRuleRoute = defineRoute({
  method: "delete",
  path: "/rules/:rule",
  summary: "Delete a rule",
  tag: "Rules",
  access: { scope: "rules:write", minimumRole: "admin" },
  params: z.object({ rule: idParam }),
  answers: { 204: null },

  async run({ tx, company, user, now }, { params }) {
    const rule = await getLockedRule(tx, { companyId: company.id, id: params.rule });
    await deleteRule(tx, { company, causerId: user.id, now }, rule);
    return { status: 204 };
  },
});
