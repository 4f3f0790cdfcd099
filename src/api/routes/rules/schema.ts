import { z } from "zod";
import { ruleTriggers } from "../../../actions/rule-triggers.ts";
import { ruleOperators } from "../../../billing/rule-conditions.ts";
import { capPeriods, roundingModes, timeTermTypes } from "../../../billing/time-rules.ts";
import type { Sql, Tx } from "../../../db/client.ts";
import { listNamedTags } from "../../../db/record-tags.ts";
import { disabledCodes, ruleKinds, type RuleAction, type RuleRow } from "../../../db/rules.ts";
import { instantJson, presentInstant } from "../../answers.ts";
import type { CompanyContext } from "../../context.ts";
import { boundedText, id, labelName, moneyMinor, requiredText } from "../../inputs.ts";
import { minorJson } from "../../units.ts";

const actionTypes = [
  "add_tag",
  "set_rate",
  "set_billable",
  "add_to_next_invoice",
  "alert",
] as const satisfies readonly RuleAction["type"][];

const conditionJson = z.object({
  field: z.string(),
  operator: z.enum(ruleOperators),
  value: z.union([z.string(), z.number(), z.boolean()]).optional(),
});

const actionJson = z.object({
  type: z.enum(actionTypes),
  tag: z
    .object({ id: z.int(), name: z.string().nullable().optional() })
    .optional()
    .meta({ description: "Its name is left out without tags:read, and null once it is deleted." }),
  hourly_rate: minorJson.optional().meta({ description: "Minor units an hour." }),
  is_billable: z.boolean().optional(),
  message: z.string().optional(),
});

const termsJson = z.object({
  type: z.enum(timeTermTypes),
  increment: z.int().optional().meta({ description: "Seconds." }),
  mode: z.enum(roundingModes).optional(),
  seconds: z.int().optional(),
  amount: minorJson.optional(),
  period: z.enum(capPeriods).optional(),
});

export const ruleJson = z
  .object({
    id: z.int(),
    kind: z.enum(ruleKinds),
    name: z.string(),
    is_enabled: z.boolean(),
    position: z.int().meta({ description: "Lower ones come first." }),
    event: z.enum(ruleTriggers).nullable(),
    conditions: z.array(conditionJson),
    actions: z.array(actionJson).nullable(),
    terms: termsJson.nullable(),
    disabled_code: z
      .enum(disabledCodes)
      .nullable()
      .meta({ description: "Set where the platform disabled it." }),
    disabled_reason: z.string().nullable(),
    created_at: instantJson,
    updated_at: instantJson,
  })
  .meta({ id: "Rule" });

export const ruleAnswer = z.object({ data: ruleJson });

/** Rules as the caller may see them. */
export async function presentRules(
  sql: Sql | Tx,
  { company, mayUse }: Pick<CompanyContext, "company" | "mayUse">,
  rules: readonly RuleRow[],
): Promise<z.input<typeof ruleJson>[]> {
  const ids = rules.flatMap(({ actions }) =>
    (actions ?? []).flatMap((action) => (action.type === "add_tag" ? action.tagId : [])),
  );
  const showsTags = mayUse("tags:read");
  const tags = showsTags ? await listNamedTags(sql, { companyId: company.id, ids, names: [] }) : [];
  const names = new Map(tags.map((tag) => [tag.id, tag.name]));
  return rules.map((rule) => ({
    id: rule.id,
    kind: rule.kind,
    name: rule.name,
    is_enabled: rule.isEnabled,
    position: rule.position,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only such are written
    event: rule.eventType as (typeof ruleTriggers)[number] | null,
    conditions: rule.conditions,
    actions:
      rule.actions?.map((action) =>
        presentAction(action, (tagId) => (showsTags ? { name: names.get(tagId) ?? null } : {})),
      ) ?? null,
    terms: rule.terms,
    disabled_code: rule.disabledCode,
    disabled_reason: rule.disabledReason,
    created_at: presentInstant(rule.createdAt),
    updated_at: presentInstant(rule.updatedAt),
  }));
}

function presentAction(
  action: RuleAction,
  nameOf: (tagId: number) => { name?: string | null },
): z.input<typeof actionJson> {
  switch (action.type) {
    case "add_tag":
      return { type: action.type, tag: { id: action.tagId, ...nameOf(action.tagId) } };
    case "set_rate":
      return { type: action.type, hourly_rate: action.hourlyRate };
    case "set_billable":
      return { type: action.type, is_billable: action.isBillable };
    case "add_to_next_invoice":
    case "alert":
      return action;
  }
}

/** Ten years. */
const secondsMax = 315_360_000;

const condition = z.strictObject({
  field: requiredText(50),
  operator: z.enum(ruleOperators),
  value: z
    .union([boundedText(255), z.int().min(0), z.boolean()], {
      error: "Must be text, a whole number, true or false.",
    })
    .optional()
    .meta({ description: "Durations are seconds, money is minor units, a record is its id." }),
});

const action = z.strictObject({
  type: z.enum(actionTypes),
  tag: z
    .union([id, labelName(50)], { error: "Must be the name or the id of a tag." })
    .optional()
    .meta({ description: "Of add_tag. A name that is no tag yet becomes one." }),
  hourly_rate: moneyMinor.optional().meta({ description: "Of set_rate: minor units an hour." }),
  is_billable: z.boolean().optional().meta({ description: "Of set_billable." }),
  message: requiredText(255).optional().meta({ description: "Of alert." }),
});

const terms = z.strictObject({
  type: z.enum(timeTermTypes),
  increment: z
    .int()
    .min(1)
    .max(86_400)
    .optional()
    .meta({ description: "Of rounding: whole ones of so many seconds are billed." }),
  mode: z.enum(roundingModes).optional().meta({ description: "Of rounding." }),
  seconds: z.int().min(1).max(secondsMax).optional().meta({
    description: "Of minimum: billed at least, by entry. Of retainer: covered in each month.",
  }),
  amount: moneyMinor.optional().meta({ description: "Of cap: minor units." }),
  period: z.enum(capPeriods).optional().meta({ description: "Of cap." }),
});

/** What may be said about a rule; a new one needs a kind and a name, and what its kind needs. */
export const ruleBody = z.strictObject({
  kind: z.enum(ruleKinds).optional(),
  name: requiredText(255).optional(),
  is_enabled: z.boolean().optional(),
  position: z.int().min(-1_000_000).max(1_000_000).optional(),
  event: z.enum(ruleTriggers).optional().meta({ description: "Of an automation." }),
  conditions: z.array(condition).max(20).optional(),
  actions: z.array(action).min(1).max(10).optional().meta({ description: "Of an automation." }),
  terms: terms.optional().meta({ description: "Of a billing rule." }),
});

export type RuleBody = z.output<typeof ruleBody>;
