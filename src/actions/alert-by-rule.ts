import { raiseAttention } from "../db/attention.ts";
import type { Tx } from "../db/client.ts";
import { recordEvent } from "../db/events.ts";
import type { RuleRow } from "../db/rules.ts";
import type { Acting } from "./acting.ts";
import type { ActionResult, RuleTarget } from "./rule-effects.ts";

/** Tells people about a record: an open item, which they are told of every day until somebody acts. */
export async function alertByRule(
  tx: Tx,
  by: Acting,
  { rule, target, message }: { rule: RuleRow; target: RuleTarget; message: string },
): Promise<ActionResult> {
  const { subjectType, subjectId } = target;
  const companyId = by.company.id;
  await raiseAttention(tx, {
    companyId,
    kind: "rule.alert",
    key: `${rule.id}/${subjectType}-${subjectId}`,
    title: `${rule.name}: ${message}`,
    detail: `The rule "${rule.name}" was met by ${subjectType} ${subjectId}.`,
    subjectType,
    subjectId,
  });
  await recordEvent(tx, {
    companyId,
    type: "rule.alerted",
    subjectType: "rule",
    subjectId: rule.id,
    occurredAt: by.now,
    payload: { name: rule.name, message, about: { type: subjectType, id: subjectId } },
  });
  return { effect: { type: "alert", message } };
}
