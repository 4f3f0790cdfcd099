import type { Tx } from "../db/client.ts";
import { recordEvent } from "../db/events.ts";
import {
  insertTaxRate,
  markTaxRateDeleted,
  updateTaxRateRow,
  type TaxRateRow,
} from "../db/tax-rates.ts";
import type { Acting } from "./acting.ts";

/** `rate` is basis points as decimal text with three places. */
export async function createTaxRate(
  tx: Tx,
  by: Acting,
  input: Pick<TaxRateRow, "name" | "rate">,
): Promise<TaxRateRow> {
  const created = await insertTaxRate(tx, { ...input, companyId: by.company.id, now: by.now });
  await recordTaxRateEvent(tx, by, "tax-rate.created", created);
  return created;
}

/** Changes a locked rate. Invoices that have it keep the name and rate they took (BILLING.md 5.2). */
export async function updateTaxRate(
  tx: Tx,
  by: Acting,
  stored: TaxRateRow,
  input: { [K in "name" | "rate"]?: TaxRateRow[K] | undefined },
): Promise<TaxRateRow> {
  const { name = stored.name, rate = stored.rate } = input;
  if (name === stored.name && rate === stored.rate) return stored;
  const ref = { companyId: by.company.id, id: stored.id };
  const updated = await updateTaxRateRow(tx, ref, { name, rate, updatedAt: by.now });
  await recordTaxRateEvent(tx, by, "tax-rate.updated", updated, {
    name_before: stored.name,
    rate_before: Number(stored.rate),
  });
  return updated;
}

/** Ends a locked rate: no invoice can take it any more; those that did keep it. */
export async function deleteTaxRate(tx: Tx, by: Acting, stored: TaxRateRow): Promise<void> {
  await markTaxRateDeleted(tx, { companyId: by.company.id, id: stored.id, now: by.now });
  await recordTaxRateEvent(tx, by, "tax-rate.deleted", stored);
}

async function recordTaxRateEvent(
  tx: Tx,
  by: Acting,
  type: string,
  taxRate: TaxRateRow,
  facts: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await recordEvent(tx, {
    companyId: by.company.id,
    type,
    subjectType: "tax-rate",
    subjectId: taxRate.id,
    causerId: by.causerId,
    occurredAt: by.now,
    payload: { name: taxRate.name, rate: Number(taxRate.rate), ...facts },
  });
}
