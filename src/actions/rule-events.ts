import type { Tx } from "../db/client.ts";
import { recordEvent } from "../db/events.ts";
import type { RuleRow } from "../db/rules.ts";
import type { Acting } from "./acting.ts";

/** Leaves an event about a rule, with what it is now. */
export async function recordRuleEvent(
  tx: Tx,
  by: Acting,
  type: string,
  rule: RuleRow,
  facts: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await recordEvent(tx, {
    companyId: rule.companyId,
    type,
    subjectType: "rule",
    subjectId: rule.id,
    causerId: by.causerId,
    occurredAt: by.now,
    payload: {
      name: rule.name,
      kind: rule.kind,
      event: rule.eventType,
      is_enabled: rule.isEnabled,
      ...facts,
    },
  });
}
