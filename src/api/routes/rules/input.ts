import { subjectOfRule, type RuleActionInput, type RuleInput } from "../../../actions/save-rule.ts";
import type { RuleCondition } from "../../../billing/rule-conditions.ts";
import type { TimeTerms } from "../../../billing/time-rules.ts";
import type { RuleRow } from "../../../db/rules.ts";
import { InvalidInput } from "../../../errors.ts";
import type { Caller } from "../../context.ts";
import { requireScope } from "../../define-route.ts";
import { requireReach } from "./rule-scopes.ts";
import type { RuleBody } from "./schema.ts";

/**
 * A rule as a request describes it; of one that is there already, what is left out stays. Throws
 * `InvalidInput` for what its kind needs or does not know.
 */
export function ruleInput(body: RuleBody, stored?: RuleRow): RuleInput {
  const kind = body.kind ?? stored?.kind;
  if (kind === undefined) throw fault("kind", required);
  if (stored !== undefined && kind !== stored.kind) {
    throw fault("kind", "A rule stays what it is; make another one.");
  }
  const name = body.name ?? stored?.name;
  if (name === undefined) throw fault("name", required);
  const common = {
    name,
    isEnabled: body.is_enabled ?? stored?.isEnabled ?? true,
    position: body.position ?? stored?.position ?? 0,
    conditions: body.conditions?.map(conditionOf) ?? stored?.conditions ?? [],
  };
  if (kind === "billing") {
    for (const key of ["event", "actions"] as const) {
      if (body[key] !== undefined) throw fault(key, "A billing rule has terms, and none of these.");
    }
    const terms = body.terms === undefined ? stored?.terms : termsOf(body.terms);
    if (!terms) throw fault("terms", required);
    return { ...common, kind, terms };
  }
  if (body.terms !== undefined) throw fault("terms", "An automation has actions, and no terms.");
  const eventType = body.event ?? stored?.eventType;
  if (!eventType) throw fault("event", required);
  const actions = body.actions?.map(actionOf) ?? stored?.actions?.map(storedAction);
  if (actions === undefined) throw fault("actions", required);
  return { ...common, kind, eventType, actions };
}

/** Throws `Forbidden` when the caller may not do by hand what the rule is to do. */
export function requireReachOf(caller: Caller, input: RuleInput): void {
  const actions = input.kind === "billing" ? null : input.actions;
  requireReach(caller, { kind: input.kind, subjectType: subjectOfRule(input), actions });
}

/**
 * What is called before a rule makes a tag: throws `Forbidden` without tags:write. Throws `Forbidden` at
 * once when the rule names a tag and the caller may see none.
 */
export function beforeNewTag(caller: Caller, body: RuleBody): () => void {
  if (body.actions?.some(({ type }) => type === "add_tag") === true) {
    requireScope(caller, "tags:read");
  }
  return () => {
    requireScope(caller, "tags:write");
  };
}

function conditionOf({ field, operator, value }: NonNullable<RuleBody["conditions"]>[number]) {
  const condition: RuleCondition = { field, operator };
  return value === undefined ? condition : { ...condition, value };
}

type Given = NonNullable<RuleBody["actions"]>[number];

function actionOf(action: Given, index: number): RuleActionInput {
  const at = (key: string): string => `actions.${index}.${key}`;
  const own = { add_tag: "tag", set_rate: "hourly_rate", set_billable: "is_billable" } as const;
  refuseOthers(action, { ...own, alert: "message", add_to_next_invoice: undefined }, at);
  switch (action.type) {
    case "add_tag":
      return { type: action.type, tag: need(action.tag, at("tag")) };
    case "set_rate":
      return {
        type: action.type,
        hourlyRate: Number(need(action.hourly_rate, at("hourly_rate"))),
      };
    case "set_billable":
      return { type: action.type, isBillable: need(action.is_billable, at("is_billable")) };
    case "add_to_next_invoice":
      return { type: action.type };
    case "alert":
      return { type: action.type, message: need(action.message, at("message")) };
  }
}

function storedAction(action: NonNullable<RuleRow["actions"]>[number]): RuleActionInput {
  return action.type === "add_tag" ? { type: action.type, tag: action.tagId } : action;
}

function termsOf(terms: NonNullable<RuleBody["terms"]>): TimeTerms {
  const known = {
    rounding: ["increment", "mode"],
    minimum: ["seconds"],
    retainer: ["seconds"],
    cap: ["amount", "period"],
  } as const;
  const own: readonly string[] = known[terms.type];
  for (const key of Object.keys(terms)) {
    if (key !== "type" && !own.includes(key)) {
      throw fault(`terms.${key}`, `Is no term of ${terms.type}.`);
    }
  }
  switch (terms.type) {
    case "rounding":
      return {
        type: terms.type,
        increment: need(terms.increment, "terms.increment"),
        mode: terms.mode ?? "up",
      };
    case "minimum":
    case "retainer":
      return { type: terms.type, seconds: need(terms.seconds, "terms.seconds") };
    case "cap":
      return {
        type: terms.type,
        amount: Number(need(terms.amount, "terms.amount")),
        period: need(terms.period, "terms.period"),
      };
  }
}

/** Each type of action has one key of its own, or none. */
function refuseOthers(
  action: Given,
  own: Readonly<Record<Given["type"], string | undefined>>,
  at: (key: string) => string,
): void {
  for (const key of Object.keys(action)) {
    if (key !== "type" && key !== own[action.type]) {
      throw fault(at(key), `Is no part of ${action.type}.`);
    }
  }
}

const required = "This field is required.";

function need<T>(value: T | undefined, field: string): T {
  if (value === undefined) throw fault(field, required);
  return value;
}

function fault(field: string, text: string): InvalidInput {
  return new InvalidInput({ [field]: [text] });
}
