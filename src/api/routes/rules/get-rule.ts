import { z } from "zod";
import { getRule } from "../../../db/rules.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { presentRules, ruleAnswer } from "./schema.ts";

/** GET /rules/:rule */
export const getRuleRoute = defineRoute({
  method: "get",
  path: "/rules/:rule",
  summary: "Get a rule",
  tag: "Rules",
  access: { scope: "rules:read" },
  params: z.object({ rule: idParam }),
  answers: { 200: ruleAnswer },

  async run(context, { params }) {
    const rule = await getRule(context.sql, { companyId: context.company.id, id: params.rule });
    const [data] = await presentRules(context.sql, context, [rule]);
    return { status: 200, body: { data }, version: rule };
  },
});
