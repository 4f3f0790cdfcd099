import type { InvoiceTaxValues } from "../db/invoice-taxes.ts";
import type { PricedLineRow } from "../db/priced-lines.ts";
import { scaledRate } from "./choose-taxes.ts";

/** What an invoice or quote charges of one tax. */
export interface ChargedTax {
  name: string;
  /** Basis points ×10³. */
  rate: bigint;
  /** Minor units. */
  amount: bigint;
}

/** The taxes of one line, in their order. */
export function taxesOfLine(line: PricedLineRow): ChargedTax[] {
  return [
    { name: line.taxName1, rate: line.taxRate1, amount: line.taxAmount1 },
    { name: line.taxName2, rate: line.taxRate2, amount: line.taxAmount2 },
  ].flatMap(chargedTax);
}

/**
 * One row for each tax, in the order in which they first appear: of the lines given and of the whole
 * invoice.
 */
export function sumTaxes(
  lines: readonly PricedLineRow[],
  ofWhole: readonly InvoiceTaxValues[] = [],
): ChargedTax[] {
  const sums = new Map<string, ChargedTax>();
  for (const tax of [...lines.flatMap(taxesOfLine), ...ofWhole.flatMap(chargedTax)]) {
    const key = `${tax.rate} ${tax.name}`;
    sums.set(key, { ...tax, amount: tax.amount + (sums.get(key)?.amount ?? 0n) });
  }
  return [...sums.values()];
}

function chargedTax(tax: {
  name: string | null;
  rate: string | null;
  amount: bigint;
}): ChargedTax[] {
  const rate = scaledRate(tax.rate);
  return rate === null ? [] : [{ name: tax.name ?? "Tax", rate, amount: tax.amount }];
}
