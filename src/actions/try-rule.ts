import type { Tx } from "../db/client.ts";
import { listLatestSubjects, setRuleTrail } from "../db/rule-events.ts";
import { loadRuleFacts } from "../db/rule-facts.ts";
import type { AutomationRow, BillingRuleRow, RuleRow } from "../db/rules.ts";
import { listBillableTime } from "../db/time-entries.ts";
import { undoUnless } from "../db/transaction.ts";
import { Failure, InvalidInput } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { applyRule } from "./apply-rule.ts";
import { billByRules, effectsOf } from "./bill-by-rules.ts";

/** Most records that a rule is tried on at once. */
export const triesMax = 100;
/** How many of the company's latest events are looked at for records. */
const EVENTS_MAX = 20_000;

/** What a rule would do to one record. */
export interface RuleTry {
  subjectId: number;
  outcome: "applied" | "unchanged" | "unmet" | "skipped" | "failed";
  effects: readonly Readonly<Record<string, unknown>>[];
  reason: string | null;
}

/**
 * Tries a locked rule on records: those given, or those it would have met last. What an automation does
 * is done, and undone at once. Throws `InvalidInput` for an id that is no record of the rule's kind.
 */
export async function tryRule(
  tx: Tx,
  by: Acting,
  rule: RuleRow,
  given: readonly number[] | undefined,
): Promise<RuleTry[]> {
  const companyId = by.company.id;
  if (given !== undefined) {
    const { subjectType } = rule;
    const facts = await loadRuleFacts(tx, { companyId, subjectType, ids: given });
    const missing = given.findIndex((id) => !facts.has(id));
    if (missing >= 0) {
      throw new InvalidInput({ [`record_ids.${missing}`]: [`There is no such ${subjectType}.`] });
    }
  }
  return rule.kind === "billing"
    ? await tryBilling(tx, by, rule, given)
    : await tryAutomation(tx, by, rule, given);
}

async function tryAutomation(
  tx: Tx,
  by: Acting,
  rule: AutomationRow,
  given: readonly number[] | undefined,
): Promise<RuleTry[]> {
  const latest = { companyId: by.company.id, type: rule.eventType, eventsMax: EVENTS_MAX };
  const ids = given ?? (await listLatestSubjects(tx, { ...latest, limit: triesMax }));
  const tries: RuleTry[] = [];
  for (const subjectId of ids) {
    try {
      const applied = await undoUnless(
        tx,
        async (savepoint) => {
          await setRuleTrail(savepoint, [rule.id]);
          return await applyRule(savepoint, by, { rule, subjectId, isEcho: false });
        },
        () => false,
      );
      tries.push({ subjectId, ...applied });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      tries.push({ subjectId, outcome: "failed", effects: [], reason: error.message });
    }
  }
  return tries;
}

/** The rule alone is asked, on no invoice, with what its retainer or cap has left. */
async function tryBilling(
  tx: Tx,
  by: Acting,
  rule: BillingRuleRow,
  given: readonly number[] | undefined,
): Promise<RuleTry[]> {
  const companyId = by.company.id;
  const entries = await listBillableTime(tx, { companyId, ids: given, limit: triesMax });
  const billing = await billByRules(tx, by, { invoiceId: null, entries, rules: [rule] });
  const ids = given ?? entries.map(({ id }) => id);
  const effects = effectsOf(rule, billing);
  return ids.map((subjectId): RuleTry => {
    const own = effects.filter((effect) => effect["time_entry_id"] === subjectId);
    if (!billing.billed.has(subjectId)) {
      return { subjectId, outcome: "skipped", effects: [], reason: "It cannot be billed." };
    }
    const isMet = billing.rulesOf(subjectId).length > 0;
    const idle = isMet ? "unchanged" : "unmet";
    return { subjectId, outcome: own.length > 0 ? "applied" : idle, effects: own, reason: null };
  });
}
