import { z } from "zod";
import { countRuleLog, listRuleLog, ruleLogOutcomes } from "../../../db/rule-log.ts";
import { getRule } from "../../../db/rules.ts";
import {
  instantJson,
  listAnswer,
  listJson,
  pageOf,
  pageQuery,
  presentInstant,
} from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { filterQuery, idParam } from "../../inputs.ts";
import { effectsJson, presentEffects } from "./effects.ts";
import { readScopeOf } from "./rule-scopes.ts";

const filters = { outcome: z.enum(ruleLogOutcomes).optional() };

const logJson = z
  .object({
    id: z.int(),
    event_id: z
      .int()
      .nullable()
      .meta({ description: "The event that it followed; null where time was billed by it." }),
    subject_type: z.string(),
    subject_id: z.int().optional(),
    outcome: z.enum(ruleLogOutcomes),
    effects: effectsJson.optional(),
    reason: z.string().nullable().optional().meta({ description: "Why something was not done." }),
    created_at: instantJson,
  })
  .meta({ id: "RuleLogEntry" });

/** GET /rules/:rule/log — the latest first. */
export const getRuleLogRoute = defineRoute({
  method: "get",
  path: "/rules/:rule/log",
  summary: "List what a rule did",
  description:
    "Records that met its conditions and of which all was so already are not listed. Filter by outcome, as " +
    "`filter[…]` or plain. Of a record that the token has no read scope for, `subject_id`, `effects` and " +
    "`reason` are left out.",
  tag: "Rules",
  access: { scope: "rules:read" },
  params: z.object({ rule: idParam }),
  query: z.strictObject({ ...pageQuery, ...filters, filter: filterQuery(filters) }),
  answers: { 200: listJson(logJson, {}) },

  async run({ sql, company, mayUse }, { params, query }) {
    const { id: ruleId } = await getRule(sql, { companyId: company.id, id: params.rule });
    const outcome = query.filter?.outcome ?? query.outcome;
    const filter = { companyId: company.id, ruleId, outcome };
    const page = pageOf(query);
    const [entries, total] = await Promise.all([
      listRuleLog(sql, filter, page),
      countRuleLog(sql, filter),
    ]);
    const data = entries.map((entry) => ({
      id: entry.id,
      event_id: entry.eventId,
      subject_type: entry.subjectType,
      outcome: entry.outcome,
      created_at: presentInstant(entry.createdAt),
      // That a record met the conditions tells of it, even where only its id does.
      ...(mayUse(readScopeOf(entry.subjectType)) && {
        subject_id: entry.subjectId,
        effects: presentEffects({ mayUse }, entry.effects),
        reason: entry.reason,
      }),
    }));
    return listAnswer(data, { ...page, total });
  },
});
