import { raiseAttention, settleAttention } from "../db/attention.ts";
import type { Tx } from "../db/client.ts";
import { updateRuleRow, type DisabledCode, type RuleRow } from "../db/rules.ts";
import type { Acting } from "./acting.ts";
import { recordRuleEvent } from "./rule-events.ts";

/** Switches a locked rule off that does harm or cannot do its work, and tells everybody who runs the company. */
export async function disableRule(
  tx: Tx,
  by: Acting,
  rule: RuleRow,
  { code, reason }: { code: DisabledCode; reason: string },
): Promise<void> {
  const ref = { companyId: rule.companyId, id: rule.id, now: by.now };
  const disabled = await updateRuleRow(tx, ref, {
    ...rule,
    isEnabled: false,
    disabledCode: code,
    disabledReason: reason,
  });
  await recordRuleEvent(tx, by, "rule.disabled", disabled, { code, reason });
  await raiseAttention(tx, {
    companyId: rule.companyId,
    kind: "rule.disabled",
    key: String(rule.id),
    title: `The rule "${rule.name}" was disabled`,
    detail: `${reason} Change the rule, and enable it again.`,
    subjectType: "rule",
    subjectId: rule.id,
  });
}

/** Nothing about this rule waits for a person any more. */
export async function settleDisabledRule(
  tx: Tx,
  { companyId, id }: Pick<RuleRow, "companyId" | "id">,
  resolution: string,
): Promise<void> {
  await settleAttention(tx, { companyId, kind: "rule.disabled", key: String(id), resolution });
}
