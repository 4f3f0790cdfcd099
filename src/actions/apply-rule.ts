import { meetsConditions } from "../billing/rule-conditions.ts";
import type { Tx } from "../db/client.ts";
import { findLabel } from "../db/labels.ts";
import { loadRuleFacts } from "../db/rule-facts.ts";
import type { AutomationRow, RuleAction } from "../db/rules.ts";
import { Conflict, InvalidInput, NotFound } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { addToNextInvoice } from "./add-to-next-invoice.ts";
import { alertByRule } from "./alert-by-rule.ts";
import type { ActionResult, RuleEffect, RuleTarget } from "./rule-effects.ts";
import { setBillableByRule, setRateByRule, tagByRule } from "./change-by-rule.ts";

export interface RuleOutcome {
  /** `unmet`: the record is gone or does not meet the conditions. `unchanged`: all was so already. */
  outcome: "unmet" | "unchanged" | "applied" | "skipped";
  effects: RuleEffect[];
  /** Why an action could not be done to this record; null when all were. */
  reason: string | null;
}

/**
 * Does what an automation says to one record, if it meets the conditions now. An action that cannot be
 * done to this record is passed over with its reason; throws what is wrong with the rule itself, like
 * `Conflict` when its tag was deleted. `isEcho`: the rule itself led here, so it tells nobody again.
 */
export async function applyRule(
  tx: Tx,
  by: Acting,
  { rule, subjectId, isEcho }: { rule: AutomationRow; subjectId: number; isEcho: boolean },
): Promise<RuleOutcome> {
  const { subjectType } = rule;
  const companyId = by.company.id;
  const facts = (await loadRuleFacts(tx, { companyId, subjectType, ids: [subjectId] })).get(
    subjectId,
  );
  if (facts === undefined || !meetsConditions(facts, rule.conditions)) {
    return { outcome: "unmet", effects: [], reason: null };
  }
  const effects: RuleEffect[] = [];
  const reasons: string[] = [];
  for (const action of rule.actions) {
    if (isEcho && action.type === "alert") continue;
    const result = await act(tx, by, { rule, action, target: { subjectType, subjectId } });
    if (result === undefined) continue;
    if ("effect" in result) effects.push(result.effect);
    else reasons.push(result.reason);
  }
  const isIdle = reasons.length === 0 ? "unchanged" : "skipped";
  return {
    outcome: effects.length > 0 ? "applied" : isIdle,
    effects,
    reason: reasons.length === 0 ? null : reasons.join(" "),
  };
}

/** An action in a savepoint: what of the record stands against it is a reason, and undoes all of it. */
async function act(
  tx: Tx,
  by: Acting,
  input: { rule: AutomationRow; action: RuleAction; target: RuleTarget },
): Promise<ActionResult> {
  const doIt = await prepare(tx, by, input);
  try {
    return await tx.savepoint(doIt);
  } catch (error) {
    const isOfRecord = [InvalidInput, Conflict, NotFound].some((kind) => error instanceof kind);
    if (isOfRecord && error instanceof Error) return { reason: error.message };
    throw error;
  }
}

/** Throws `Conflict` when the tag that the rule gives was deleted. */
async function prepare(
  tx: Tx,
  by: Acting,
  { rule, action, target }: { rule: AutomationRow; action: RuleAction; target: RuleTarget },
): Promise<(savepoint: Tx) => Promise<ActionResult>> {
  switch (action.type) {
    case "add_tag": {
      const key = { companyId: by.company.id, id: action.tagId };
      const tag = await findLabel(tx, { kind: "tag", ...key });
      if (tag === undefined) throw new Conflict("The tag that it gives was deleted.");
      return async (savepoint) => await tagByRule(savepoint, by, target, tag);
    }
    case "set_rate":
      return async (savepoint) =>
        await setRateByRule(savepoint, by, target, BigInt(action.hourlyRate));
    case "set_billable":
      return async (savepoint) => await setBillableByRule(savepoint, by, target, action.isBillable);
    case "add_to_next_invoice":
      return async (savepoint) => await addToNextInvoice(savepoint, by, target);
    case "alert":
      return async (savepoint) =>
        await alertByRule(savepoint, by, { rule, target, message: action.message });
  }
}
