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
  const ofLines = lines
    .filter((line) => !line.isLateFee)
    .flatMap((line) => [
      {
        taxRateId: line.taxRateId,
        lineItemId: line.id,
        name: line.taxName1,
        rate: line.taxRate1,
        amount: line.taxAmount1,
      },
      {
        taxRateId: null,
        lineItemId: line.id,
        name: line.taxName2,
        rate: line.taxRate2,
        amount: line.taxAmount2,
      },
    ])
    .filter((tax) => tax.rate !== null);
  return [...ofLines, ...ofWhole.map((tax) => ({ ...tax, lineItemId: null }))].map((tax) => ({
    tax_rate_id: tax.taxRateId,
    line_item_id: tax.lineItemId,
    name: tax.name,
    rate: presentRate(tax.rate),
    amount: presentMinor(tax.amount),
  }));
}
