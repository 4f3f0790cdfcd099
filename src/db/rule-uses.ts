import type { RuleUse } from "../billing/time-rules.ts";
import type { Tx } from "./client.ts";

/**
 * What time that is on invoices has used of rules in some periods, by the currency of the invoice, and
 * what the time of one invoice has used of them there (`invoice`). Entries that are billed anew are left
 * out. Reads these periods and this invoice only: others wait for who bills by rules.
 */
export async function sumRuleUses(
  tx: Tx,
  input: {
    companyId: number;
    ruleIds: readonly number[];
    periods: readonly string[];
    /** The one that is billed on; null for none yet. */
    invoiceId: number | null;
    exceptEntries: readonly number[];
  },
): Promise<RuleUse[]> {
  const { companyId, invoiceId } = input;
  const ruleIds = [...input.ruleIds];
  if (ruleIds.length === 0) return [];
  return await tx<RuleUse[]>`
    select
      u.rule_id, u.period, i.currency, sum(u.seconds)::int as seconds, sum(u.amount)::int8 as amount
    from (
      select u.rule_id, u.period, u.seconds, u.amount, e.id, e.invoice_id
      from rule_uses u
      join time_entries e on e.company_id = u.company_id and e.id = u.time_entry_id
      where u.company_id = ${companyId} and u.rule_id = any(${ruleIds}::int8[])
        and u.period = any(${[...input.periods]}::text[]) and e.invoice_id is not null
      union all
      select u.rule_id, u.period, u.seconds, u.amount, e.id, e.invoice_id
      from time_entries e
      join rule_uses u on u.company_id = e.company_id and u.time_entry_id = e.id
      where e.company_id = ${companyId} and e.invoice_id = ${invoiceId}
        and u.rule_id = any(${ruleIds}::int8[]) and u.period = 'invoice'
    ) as u
    join invoices i on i.company_id = ${companyId} and i.id = u.invoice_id
    where u.id <> all(${[...input.exceptEntries]}::int8[])
    group by u.rule_id, u.period, i.currency
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
    insert into rule_uses ${tx(
      uses.map(({ ruleId, timeEntryId, period, seconds, amount }) => ({
        companyId,
        ruleId,
        timeEntryId,
        period,
        seconds,
        amount,
      })),
    )}
  `;
}
