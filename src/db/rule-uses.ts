import type { RuleUse } from "../billing/time-rules.ts";
import type { Tx } from "./client.ts";

/**
 * What time that is on invoices has used of rules, by period; of `invoice` periods what is on the given
 * one. Entries that are billed anew are left out.
 */
export async function sumRuleUses(
  tx: Tx,
  input: {
    companyId: number;
    ruleIds: readonly number[];
    /** The one that is billed on; null for none yet. */
    invoiceId: number | null;
    exceptEntries: readonly number[];
  },
): Promise<RuleUse[]> {
  return await tx<RuleUse[]>`
    select u.rule_id, u.period, sum(u.seconds)::int as seconds, sum(u.amount)::int8 as amount
    from rule_uses u
    join time_entries e on e.company_id = u.company_id and e.id = u.time_entry_id
    where u.company_id = ${input.companyId}
      and u.rule_id = any(${[...input.ruleIds]}::int8[])
      and e.invoice_id is not null
      and (u.period <> 'invoice' or e.invoice_id = ${input.invoiceId})
      and u.time_entry_id <> all(${[...input.exceptEntries]}::int8[])
    group by u.rule_id, u.period
  `;
}

/** Writes what entries use, in place of what they used when they were billed before. */
export async function replaceRuleUses(
  tx: Tx,
  {
    companyId,
    entryIds,
    uses,
  }: {
    companyId: number;
    entryIds: readonly number[];
    uses: readonly (RuleUse & { timeEntryId: number })[];
  },
): Promise<void> {
  await tx`
    delete from rule_uses
    where company_id = ${companyId} and time_entry_id = any(${[...entryIds]}::int8[])
  `;
  if (uses.length === 0) return;
  await tx`
    insert into rule_uses ${tx(uses.map((use) => ({ companyId, ...use })))}
  `;
}
