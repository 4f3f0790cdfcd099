import { z } from "zod";
import { tryRule, triesMax } from "../../../actions/try-rule.ts";
import { getLockedRule } from "../../../actions/save-rule.ts";
import { defineRoute } from "../../define-route.ts";
import { id, idParam } from "../../inputs.ts";
import { effectsJson, presentEffects } from "./effects.ts";
import { requireSubjectScope } from "./rule-scopes.ts";

/** POST /rules/:rule/dry-run — the same code as in earnest, undone. */
export const postRuleDryRunRoute = defineRoute({
  method: "post",
  path: "/rules/:rule/dry-run",
  summary: "Try a rule",
  description:
    "Says what the rule, enabled or not, would do to records: those named in `record_ids`, or else those " +
    "that the latest events of its type tell of; of a billing rule time entries, the latest that are not " +
    `billed. At most ${triesMax} of them, each by itself. Nothing is changed. It takes the read scope of ` +
    "the records that the rule looks at.",
  tag: "Rules",
  access: { scope: "rules:write", minimumRole: "admin" },
  params: z.object({ rule: idParam }),
  body: z.strictObject({ record_ids: z.array(id).min(1).max(triesMax).optional() }),
  answers: {
    200: z.object({
      data: z.object({
        results: z.array(
          z.object({
            subject_type: z.string(),
            subject_id: z.int(),
            outcome: z
              .enum(["applied", "unchanged", "unmet", "skipped", "failed"])
              .meta({ description: "What would come of it. unmet: its conditions do not hold." }),
            effects: effectsJson,
            reason: z.string().nullable(),
          }),
        ),
      }),
    }),
  },

  async run({ tx, company, user, caller, now, mayUse }, { params, body }) {
    const by = { company, causerId: user.id, now };
    const rule = await getLockedRule(tx, { companyId: company.id, id: params.rule });
    requireSubjectScope(caller, rule);
    const tries = await tryRule(tx, by, rule, body.record_ids);
    const results = tries.map(({ subjectId, outcome, effects, reason }) => ({
      subject_type: rule.subjectType,
      subject_id: subjectId,
      outcome,
      effects: presentEffects({ mayUse }, effects),
      reason,
    }));
    return { status: 200, body: { data: { results } } };
  },
});
