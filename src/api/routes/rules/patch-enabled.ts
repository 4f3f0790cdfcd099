import { z } from "zod";
import { getLockedRule, switchRule } from "../../../actions/save-rule.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { reachDescription, requireReach } from "./rule-scopes.ts";
import { presentRules, ruleAnswer } from "./schema.ts";

/** PATCH /rules/:rule/enabled */
export const patchRuleEnabledRoute = defineRoute({
  method: "patch",
  path: "/rules/:rule/enabled",
  summary: "Enable or disable a rule",
  description:
    "Enabled, it forgets why the platform disabled it, and follows what happens from then on. Enabling " +
    `takes what writing the rule does. ${reachDescription}`,
  tag: "Rules",
  access: { scope: "rules:write", minimumRole: "admin" },
  params: z.object({ rule: idParam }),
  body: z.strictObject({ enabled: z.boolean() }),
  answers: { 200: ruleAnswer },

  async run(context, { params, body }) {
    const { tx, company, user, caller, now } = context;
    const by = { company, causerId: user.id, now };
    const before = await getLockedRule(tx, { companyId: company.id, id: params.rule });
    if (body.enabled) requireReach(caller, before);
    const rule = await switchRule(tx, by, before, body.enabled);
    const [data] = await presentRules(tx, context, [rule]);
    return { status: 200, body: { data }, version: rule };
  },
});
