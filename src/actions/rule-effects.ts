import type { RuleSubject } from "../billing/rule-conditions.ts";
import type { RuleAction } from "../db/rules.ts";

/** One thing that a rule did, as its log shows it. Money is minor units. */
export type RuleEffect = Readonly<Record<string, unknown>> & { type: RuleAction["type"] };

/** What an action came to: an effect, nothing because all was so already, or a reason why it cannot be. */
export type ActionResult = { effect: RuleEffect } | { reason: string } | undefined;

/** A record that a rule is about. */
export interface RuleTarget {
  subjectType: RuleSubject;
  subjectId: number;
}
