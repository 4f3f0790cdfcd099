import { meetsConditions } from "../billing/rule-conditions.ts";
import { billTime, periodsOf, type BilledTime, type WorkedTime } from "../billing/time-rules.ts";
import type { Tx } from "../db/client.ts";
import { loadRuleFacts } from "../db/rule-facts.ts";
import { insertRuleLog } from "../db/rule-log.ts";
import { replaceRuleUses, sumRuleUses } from "../db/rule-uses.ts";
import { lockBillingRules, type BillingRuleRow } from "../db/rules.ts";
import type { Acting } from "./acting.ts";

/** Time as its lines bill it, by the rules that were asked. */
export interface RuleBilling {
  rules: readonly BillingRuleRow[];
  entries: readonly WorkedTime[];
  /** Those whose conditions hold for an entry. */
  rulesOf: (entryId: number) => readonly BillingRuleRow[];
  billed: ReadonlyMap<number, BilledTime>;
}

/**
 * Bills locked entries by the company's enabled billing rules, or by those given. Nothing is written:
 * `keepRuleUses` does that. `invoiceId` is null where none is billed on.
 */
export async function billByRules(
  tx: Tx,
  by: Acting,
  input: {
    invoiceId: number | null;
    entries: readonly WorkedTime[];
    rules?: readonly BillingRuleRow[];
  },
): Promise<RuleBilling> {
  const { invoiceId, entries } = input;
  const companyId = by.company.id;
  const rules = input.rules ?? (await lockBillingRules(tx, companyId));
  if (rules.length === 0) {
    return { rules, entries, rulesOf: noRules, billed: billTime(entries, noRules, []) };
  }
  const ids = entries.map(({ id }) => id);
  const facts = await loadRuleFacts(tx, { companyId, subjectType: "time-entry", ids });
  const used = await sumRuleUses(tx, {
    companyId,
    ruleIds: rules
      .filter(({ terms }) => terms.type === "retainer" || terms.type === "cap")
      .map(({ id }) => id),
    periods: periodsOf(entries),
    invoiceId,
    exceptEntries: ids,
  });
  const rulesOf = (id: number) =>
    rules.filter(({ conditions }) => meetsConditions(facts.get(id) ?? {}, conditions));
  return { rules, entries, rulesOf, billed: billTime(entries, ({ id }) => rulesOf(id), used) };
}

const noRules = (): readonly BillingRuleRow[] => [];

/** Writes down what billed entries have used of retainers and caps, and in each rule's log what it did. */
export async function keepRuleUses(
  tx: Tx,
  by: Acting,
  { invoiceId, billing }: { invoiceId: number; billing: RuleBilling },
): Promise<void> {
  const companyId = by.company.id;
  const { rules, entries, billed } = billing;
  await replaceRuleUses(tx, {
    companyId,
    entryIds: entries.map(({ id }) => id),
    uses: [...billed.values()].flatMap(({ id, uses }) =>
      uses.map((use) => ({ ...use, timeEntryId: id })),
    ),
  });
  for (const rule of rules) {
    const effects = effectsOf(rule, billing);
    if (effects.length === 0) continue;
    await insertRuleLog(tx, {
      companyId,
      ruleId: rule.id,
      eventId: null,
      subjectType: "invoice",
      subjectId: invoiceId,
      outcome: "applied",
      effects,
      reason: null,
      now: by.now,
    });
  }
}

/** What one rule did to each entry that it changed. Seconds, and minor units. */
export function effectsOf(
  rule: BillingRuleRow,
  { entries, billed }: RuleBilling,
): Record<string, unknown>[] {
  return entries.flatMap(({ id, duration }) => {
    const time = billed.get(id);
    if (time === undefined || !time.changedBy.includes(rule.id)) return [];
    return [
      {
        type: rule.terms.type,
        time_entry_id: id,
        worked: duration,
        billed: time.seconds,
        credit: Number(time.credit),
      },
    ];
  });
}
