import { isDeepStrictEqual } from "node:util";
import { currencyCodes } from "../billing/money.ts";
import {
  faultOfCondition,
  ruleFieldType,
  type RuleCondition,
  type RuleSubject,
} from "../billing/rule-conditions.ts";
import { invoiceStatuses } from "../billing/statuses.ts";
import type { Tx } from "../db/client.ts";
import { lockCompany } from "../db/companies.ts";
import { billingMethods, projectStatuses } from "../db/projects.ts";
import { listUnknownReferences, type RuleReference } from "../db/rule-references.ts";
import {
  countRules,
  insertRule,
  lockRule,
  markRuleDeleted,
  updateRuleRow,
  type RuleAction,
  type RuleFields,
  type RuleRow,
} from "../db/rules.ts";
import { taskStatuses } from "../db/tasks.ts";
import { Conflict, InvalidInput, NotFound } from "../errors.ts";
import { countryCodes } from "../platform/countries.ts";
import type { Acting } from "./acting.ts";
import { settleDisabledRule } from "./disable-rule.ts";
import { recordRuleEvent } from "./rule-events.ts";
import { subjectOfTrigger } from "./rule-triggers.ts";
import { resolveTags, type TagsInput } from "./tag-record.ts";

/** An action as a request gives it: a tag is named or known by its id. */
export type RuleActionInput =
  | Exclude<RuleAction, { type: "add_tag" }>
  | { type: "add_tag"; tag: number | string };

/** A rule as a request describes it. What it looks at follows from its event; a billing rule's is time. */
export type RuleInput = Pick<RuleFields, "name" | "isEnabled" | "position" | "conditions"> &
  (
    | { kind: "automation"; eventType: string; actions: readonly RuleActionInput[] }
    | { kind: "billing"; terms: NonNullable<RuleFields["terms"]> }
  );

/** The kind of records that a rule looks at. */
export function subjectOfRule(input: RuleInput): RuleSubject {
  return input.kind === "billing" ? "time-entry" : subjectOfTrigger(input.eventType);
}

/** Called before a tag is made for a rule; throws when the caller may make none. */
type BeforeNewTag = TagsInput["beforeNew"];

/** Most rules of a company: each is asked about every event it follows. */
export const rulesMax = 200;

/**
 * Throws `InvalidInput` for conditions and actions that do not fit what the rule looks at, `Conflict`
 * when the company has as many as it may.
 */
export async function createRule(
  tx: Tx,
  by: Acting & { causerId: number },
  input: RuleInput,
  beforeNewTag: BeforeNewTag,
): Promise<RuleRow> {
  // One after the other, so that two at once do not both find room.
  await lockCompany(tx, by.company.id);
  const count = await countRules(tx, { companyId: by.company.id });
  if (count >= rulesMax) {
    throw new Conflict(`A company has ${rulesMax} rules at most; delete one that does nothing.`, {
      code: "too_many_rules",
    });
  }
  const fields = await fieldsOf(tx, by, input, beforeNewTag);
  const rule = await insertRule(tx, {
    ...fields,
    companyId: by.company.id,
    createdBy: by.causerId,
    now: by.now,
  });
  await recordRuleEvent(tx, by, "rule.created", rule);
  return rule;
}

/** The rule, locked. Throws `NotFound`. */
export async function getLockedRule(
  tx: Tx,
  key: { companyId: number; id: number },
): Promise<RuleRow> {
  const rule = await lockRule(tx, key);
  if (rule === undefined) throw new NotFound("Rule");
  return rule;
}

/** Writes a locked rule anew. Enabled, it forgets why the platform disabled it. Throws as `createRule`. */
export async function replaceRule(
  tx: Tx,
  by: Acting,
  rule: RuleRow,
  input: RuleInput,
  beforeNewTag: BeforeNewTag,
): Promise<RuleRow> {
  const fields = await fieldsOf(tx, by, input, beforeNewTag, rule.conditions);
  const isOver = fields.isEnabled || rule.disabledCode === null;
  return await writeRule(tx, by, rule, {
    ...fields,
    ...(isOver ? {} : { disabledCode: rule.disabledCode, disabledReason: rule.disabledReason }),
  });
}

/** Switches a locked rule on or off. */
export async function switchRule(
  tx: Tx,
  by: Acting,
  rule: RuleRow,
  isEnabled: boolean,
): Promise<RuleRow> {
  if (rule.isEnabled === isEnabled) return rule;
  const cleared = { disabledCode: null, disabledReason: null };
  return await writeRule(tx, by, rule, { ...rule, isEnabled, ...(isEnabled ? cleared : {}) });
}

/** Ends a locked rule. What it did stays done, and what it used of retainers used. */
export async function deleteRule(tx: Tx, by: Acting, rule: RuleRow): Promise<void> {
  await markRuleDeleted(tx, { companyId: rule.companyId, id: rule.id, now: by.now });
  await settleDisabledRule(tx, rule, "the rule was deleted");
  await recordRuleEvent(tx, by, "rule.deleted", rule);
}

async function writeRule(tx: Tx, by: Acting, rule: RuleRow, fields: RuleFields): Promise<RuleRow> {
  const ref = { companyId: rule.companyId, id: rule.id, now: by.now };
  const written = await updateRuleRow(tx, ref, fields);
  if (written.isEnabled) await settleDisabledRule(tx, written, "the rule is enabled again");
  await recordRuleEvent(tx, by, "rule.updated", written);
  return written;
}

/** @param kept conditions that the rule has already */
async function fieldsOf(
  tx: Tx,
  by: Acting,
  input: RuleInput,
  beforeNewTag: BeforeNewTag,
  kept: readonly RuleCondition[] = [],
): Promise<RuleFields> {
  const { name, isEnabled, position, conditions } = input;
  const subjectType = subjectOfRule(input);
  await checkConditions(tx, by.company.id, { subjectType, conditions, kept });
  const common = {
    name,
    isEnabled,
    position,
    subjectType,
    conditions,
    disabledCode: null,
    disabledReason: null,
  };
  if (input.kind === "billing") {
    return { ...common, kind: "billing", eventType: null, actions: null, terms: input.terms };
  }
  const actions: RuleAction[] = [];
  for (const [index, action] of input.actions.entries()) {
    if (!actionsOf[subjectType].includes(action.type)) {
      throw new InvalidInput({
        [`actions.${index}.type`]: [
          `Rules on a record of the kind ${subjectType} take only ${actionsOf[subjectType].join(", ")}.`,
        ],
      });
    }
    actions.push(
      action.type === "add_tag"
        ? { type: "add_tag", tagId: await tagOf(tx, by, { index, action, beforeNewTag }) }
        : action,
    );
  }
  return { ...common, kind: "automation", eventType: input.eventType, actions, terms: null };
}

const actionsOf: Readonly<Record<RuleSubject, readonly RuleAction["type"][]>> = {
  "time-entry": ["set_rate", "set_billable", "add_to_next_invoice", "alert"],
  task: ["add_tag", "set_rate", "set_billable", "add_to_next_invoice", "alert"],
  project: ["add_tag", "alert"],
  client: ["add_tag", "alert"],
  invoice: ["add_tag", "alert"],
};

async function tagOf(
  tx: Tx,
  by: Acting,
  input: { index: number; action: { tag: number | string }; beforeNewTag: BeforeNewTag },
): Promise<number> {
  const ids = await resolveTags(
    tx,
    by,
    { tags: [input.action.tag], beforeNew: input.beforeNewTag },
    () => `actions.${input.index}.tag`,
  );
  return [...ids][0]!;
}

/** What ids in conditions name has to be there, and the company's. */
const referredBy: Readonly<Record<string, RuleReference["kind"]>> = {
  user_id: "member",
  client_id: "client",
  project_id: "project",
  service_id: "service",
  task_id: "task",
};

/** All that a field can have, where that is a closed list. */
const choicesOf: Readonly<Record<RuleSubject, Readonly<Record<string, readonly string[]>>>> = {
  "time-entry": {},
  task: { status: taskStatuses },
  project: { status: projectStatuses, billing_method: billingMethods },
  client: { currency: currencyCodes, country: countryCodes },
  invoice: { status: invoiceStatuses, currency: currencyCodes },
};

async function checkConditions(
  tx: Tx,
  companyId: number,
  {
    subjectType,
    conditions,
    kept,
  }: Pick<RuleFields, "subjectType" | "conditions"> & { kept: readonly RuleCondition[] },
): Promise<void> {
  const references: (RuleReference & { index: number })[] = [];
  for (const [index, condition] of conditions.entries()) {
    // A rule from when any value was taken may be renamed.
    const isKept = kept.some((known) => isDeepStrictEqual(known, condition));
    const choices = isKept ? undefined : choicesOf[subjectType][condition.field];
    const fault = faultOfCondition(subjectType, condition, choices);
    if (fault !== undefined) {
      throw new InvalidInput({ [`conditions.${index}.${fault.key}`]: [fault.text] });
    }
    const { field, value } = condition;
    const kind = referredBy[field];
    if (ruleFieldType(subjectType, field) === "id" && kind && typeof value === "number") {
      references.push({ kind, id: value, index });
    }
  }
  const unknown = await listUnknownReferences(tx, companyId, references);
  const first = references.find(({ kind, id }) =>
    unknown.some((missing) => missing.kind === kind && missing.id === id),
  );
  if (first === undefined) return;
  throw new InvalidInput({
    [`conditions.${first.index}.value`]: [`There is no such ${first.kind}.`],
  });
}
