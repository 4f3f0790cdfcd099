import { z } from "zod";
import { createRule, rulesMax } from "../../../actions/save-rule.ts";
import { ruleKinds } from "../../../db/rules.ts";
import { defineRoute } from "../../define-route.ts";
import { requiredText } from "../../inputs.ts";
import { beforeNewTag, requireReachOf, ruleInput } from "./input.ts";
import { reachDescription } from "./rule-scopes.ts";
import { presentRules, ruleAnswer, ruleBody } from "./schema.ts";

/** POST /rules */
export const postRuleRoute = defineRoute({
  method: "post",
  path: "/rules",
  summary: "Create a rule",
  description:
    "An `automation` has an `event` and `actions`, done to each record that an event of that type tells " +
    "of and that meets all `conditions`; a `billing` rule has `terms`, by which time becomes lines of " +
    `invoices. A company has ${rulesMax} rules at most (409). A tag that is named needs tags:read, and ` +
    "tags:write when it is none yet. " +
    reachDescription,
  tag: "Rules",
  access: { scope: "rules:write", minimumRole: "admin" },
  body: ruleBody.extend({ kind: z.enum(ruleKinds), name: requiredText(255) }),
  answers: { 201: ruleAnswer },
  failures: [409],

  async run(context, { body }) {
    const { tx, company, user, caller, now } = context;
    const by = { company, causerId: user.id, now };
    const input = ruleInput(body);
    requireReachOf(caller, input);
    const rule = await createRule(tx, by, input, beforeNewTag(caller, body));
    const [data] = await presentRules(tx, context, [rule]);
    const headers = { Location: `/api/v1/rules/${rule.id}` };
    return { status: 201, body: { data }, headers, version: rule };
  },
});
