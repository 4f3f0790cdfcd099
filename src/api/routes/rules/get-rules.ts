import { z } from "zod";
import { ruleTriggers } from "../../../actions/rule-triggers.ts";
import { countRules, listRules, ruleKinds, ruleSortFields } from "../../../db/rules.ts";
import { listAnswer, listJson, pageOf, pageQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { booleanQuery, filterQuery, searchQuery, sortQuery } from "../../inputs.ts";
import { presentRules, ruleJson } from "./schema.ts";

const filters = {
  kind: z.enum(ruleKinds).optional(),
  event: z.enum(ruleTriggers).optional(),
  is_enabled: booleanQuery.optional(),
  search: searchQuery,
};

/** GET /rules — in the order in which they count. */
export const getRulesRoute = defineRoute({
  method: "get",
  path: "/rules",
  summary: "List rules",
  description: "Filter by kind, event, is_enabled and part of the name, as `filter[…]` or plain.",
  tag: "Rules",
  access: { scope: "rules:read" },
  query: z.strictObject({
    ...pageQuery,
    ...filters,
    filter: filterQuery(filters),
    sort: sortQuery(ruleSortFields),
  }),
  answers: { 200: listJson(ruleJson, {}) },

  async run(context, { query }) {
    const { sql, company } = context;
    const given = { ...query, ...query.filter };
    const filter = {
      companyId: company.id,
      kind: given.kind,
      eventType: given.event,
      isEnabled: given.is_enabled,
      search: given.search,
    };
    const page = pageOf(query);
    const { sort = { field: "position", isDescending: false } } = query;
    const [rules, total] = await Promise.all([
      listRules(sql, filter, { ...page, sort }),
      countRules(sql, filter),
    ]);
    return listAnswer(await presentRules(sql, context, rules), { ...page, total });
  },
});
