import { z } from "zod";
import type { InvoiceLineRow } from "../../../db/invoice-lines.ts";
import type { InvoiceTaxRow } from "../../../db/invoice-taxes.ts";
import { presentRate } from "../../rates.ts";
import { minorJson, presentMinor } from "../../units.ts";

/** A tax as it stands on an invoice. Those of an invoice add up to its `tax_total`. */
export const invoiceTaxJson = z
  .object({
    tax_rate_id: z.int().nullable().meta({ description: "The kept rate it was taken from." }),
    line_item_id: z.int().nullable().meta({ description: "Null when it is on the whole invoice." }),
    name: z.string().nullable(),
    rate: z.number().nullable().meta({ description: "Basis points." }),
    amount: minorJson,
  })
  .meta({ id: "InvoiceTax" });

/** Taxes of the lines, or of the whole; the tax on a late fee is part of the fee. */
export function presentTaxes(lines: readonly InvoiceLineRow[], ofWhole: readonly InvoiceTaxRow[]) {
  const taxes: z.output<typeof invoiceTaxJson>[] = [];
  for (const line of lines) {
    if (line.isLateFee) continue;
    if (line.taxRate1 !== null) {
      taxes.push({
        tax_rate_id: line.taxRateId,
        line_item_id: line.id,
        name: line.taxName1,
        rate: presentRate(line.taxRate1),
        amount: presentMinor(line.taxAmount1),
      });
    }
    if (line.taxRate2 !== null) {
      taxes.push({
        tax_rate_id: null,
        line_item_id: line.id,
        name: line.taxName2,
        rate: presentRate(line.taxRate2),
        amount: presentMinor(line.taxAmount2),
      });
    }
  }
  for (const tax of ofWhole) {
    taxes.push({
      tax_rate_id: tax.taxRateId,
      line_item_id: null,
      name: tax.name,
      rate: presentRate(tax.rate),
      amount: presentMinor(tax.amount),
    });
  }
  return taxes;
}
