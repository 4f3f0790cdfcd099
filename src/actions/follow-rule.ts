import type { Tx } from "../db/client.ts";
import { findRuleEvent, hasHappenedSince, setRuleTrail } from "../db/rule-events.ts";
import { hasMetEvent, insertRuleLog } from "../db/rule-log.ts";
import { lockRule } from "../db/rules.ts";
import { undoUnless } from "../db/transaction.ts";
import type { Acting } from "./acting.ts";
import { applyRule, type RuleOutcome } from "./apply-rule.ts";
import { disableRule } from "./disable-rule.ts";

/** How an event was met by a rule; `stale`: there is nothing to do any more, and why. */
export type Following = RuleOutcome | { outcome: "stale" | "looped"; reason: string };

/**
 * Applies an automation to the record that an event tells of, once per event, and logs what came of it.
 * A rule that would change something because of what it changed itself, whatever other rules stood in
 * between, is undone and disabled. Throws what is wrong with the rule.
 */
export async function followRule(
  tx: Tx,
  by: Acting,
  { ruleId, eventId }: { ruleId: number; eventId: number },
): Promise<Following> {
  const companyId = by.company.id;
  const rule = await lockRule(tx, { companyId, id: ruleId });
  if (rule === undefined) return { outcome: "stale", reason: "the rule was deleted" };
  if (!rule.isEnabled) return { outcome: "stale", reason: "the rule is disabled" };
  if (rule.kind !== "automation") return { outcome: "stale", reason: "it is a billing rule now" };
  if (await hasMetEvent(tx, { companyId, ruleId, eventId })) {
    return { outcome: "stale", reason: "the rule has met this event" };
  }
  const event = await findRuleEvent(tx, { companyId, id: eventId });
  if (event?.type !== rule.eventType || event.subjectType !== rule.subjectType) {
    return { outcome: "stale", reason: "the rule follows other events now" };
  }
  const { subjectId, trail } = event;
  const isEcho = trail.includes(ruleId);
  // What the record is by now may be somebody else's doing: the later event knows whose, and every rule
  // follows it. Else rules that are set against each other would follow each change of each other one.
  if (trail.length > 0 && (await hasHappenedSince(tx, { companyId, event }))) return overtaken;
  const log = { companyId, ruleId, eventId, subjectType: rule.subjectType, subjectId, now: by.now };
  const isLoop = (applied: RuleOutcome): boolean => isEcho && applied.effects.length > 0;
  const application = await undoUnless(
    tx,
    async (savepoint) => {
      await setRuleTrail(savepoint, [...trail, ruleId]);
      return await applyRule(savepoint, by, { rule, subjectId, isEcho });
    },
    (applied) => !isLoop(applied),
  );
  if (isLoop(application)) {
    // Somebody may have changed the record while it was waited for; then it is no loop of this rule's.
    if (await hasHappenedSince(tx, { companyId, event })) return overtaken;
    const others = trail.filter((id) => id !== ruleId);
    const reason =
      others.length === 0
        ? "What it does makes it start again."
        : `It and the rules ${[...new Set(others)].join(", ")} start each other again and again.`;
    await insertRuleLog(tx, { ...log, outcome: "looped", effects: [], reason });
    await disableRule(tx, by, rule, { code: "loop", reason });
    return { outcome: "looped", reason };
  }
  const { outcome, effects, reason } = application;
  if (outcome === "applied" || outcome === "skipped") {
    await insertRuleLog(tx, { ...log, outcome, effects, reason });
  }
  return application;
}

const overtaken = { outcome: "stale", reason: "a later event tells of the same record" } as const;
