import { z } from "zod";
import { getLockedRule, replaceRule } from "../../../actions/save-rule.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { beforeNewTag, requireReachOf, ruleInput } from "./input.ts";
import { reachDescription } from "./rule-scopes.ts";
import { presentRules, ruleAnswer, ruleBody } from "./schema.ts";

/** PUT and PATCH /rules/:rule — what it did stays done. */
export const putRuleRoute = defineRoute({
  method: "put",
  alsoPatch: true,
  path: "/rules/:rule",
  summary: "Update a rule",
  description:
    "Keys left out stay as they are; lists are whole. A rule stays of its kind. Enabled, it forgets why the " +
    `platform disabled it. ${reachDescription}`,
  tag: "Rules",
  access: { scope: "rules:write", minimumRole: "admin" },
  params: z.object({ rule: idParam }),
  body: ruleBody,
  answers: { 200: ruleAnswer },

  async run(context, { params, body }) {
    const { tx, company, user, caller, now } = context;
    const by = { company, causerId: user.id, now };
    const before = await getLockedRule(tx, { companyId: company.id, id: params.rule });
    const input = ruleInput(body, before);
    requireReachOf(caller, input);
    const rule = await replaceRule(tx, by, before, input, beforeNewTag(caller, body));
    const [data] = await presentRules(tx, context, [rule]);
    return { status: 200, body: { data }, version: rule };
  },
});
