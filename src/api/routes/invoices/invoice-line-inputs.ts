import { z } from "zod";
import type { LineInput } from "../../../actions/complete-lines.ts";
import { optionalText } from "../../inputs.ts";
import { discountInBody, toDiscount } from "./discount-inputs.ts";
import { checkOneTax, idInBody, lineBody, lineItem, linesMax, toLineInput } from "./line-inputs.ts";

/** What only the lines of invoices say; those of quotes and series refuse it. */
const invoiceOnly = {
  long_description: optionalText(5000),
  unit: optionalText(20),
  tax_rate_id: idInBody.nullable().optional().meta({
    description: "A kept tax rate as the first tax. Only with tax type `inline`.",
  }),
  ...discountInBody,
};

/** The body of an invoice's line-item endpoints. */
export const invoiceLineBody = lineBody.extend(invoiceOnly).superRefine(checkOneTax);

/** `line_items` of an invoice. */
export const invoiceLineItems = z
  .array(lineItem.extend(invoiceOnly).superRefine(checkOneTax))
  .max(linesMax);

type InvoiceLineBody = z.output<typeof invoiceLineBody> | z.output<typeof invoiceLineItems>[number];

/** A line of a request as the actions take it. */
export function toInvoiceLineInput(line: InvoiceLineBody): LineInput {
  return {
    ...toLineInput(line),
    longDescription: line.long_description,
    unit: line.unit,
    discount: toDiscount(line),
  };
}
