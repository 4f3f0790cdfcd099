import { z } from "zod";
import type { LineInput, LineTaxes } from "../../../actions/complete-lines.ts";
import {
  basisPoints,
  id,
  optionalText,
  percent,
  quantity,
  requiredText,
  unitPrice,
} from "../../inputs.ts";

/** An id in a body, also as text: the base contract calls some of them strings. */
export const idInBody = z.union([
  id,
  z
    .string()
    .regex(/^[1-9]\d{0,14}$/, "Must be an id.")
    .transform(Number),
]);

const sortOrder = z.int().min(-1_000_000).max(999_999);

const lineText = {
  description: requiredText(1000),
  quantity: quantity.refine((scaled) => scaled >= 1n, "Must be at least 0.0001."),
  unit_price: unitPrice,
  service_id: idInBody.nullable().optional(),
  sort_order: sortOrder.optional(),
};

const twoTaxes = {
  tax_name_1: optionalText(50),
  tax_rate_1: basisPoints.nullable().optional(),
  tax_name_2: optionalText(50),
  tax_rate_2: basisPoints.nullable().optional(),
};

/** The body of the line-item endpoints: `tax_rate_1` and `tax_rate_2` are basis points. */
export const lineBody = z.strictObject({ ...lineText, ...twoTaxes });

/** One of `line_items` of an invoice: `tax_name` and `tax_rate`, a percentage, are the first tax. */
const lineItem = z
  .strictObject({
    id: idInBody.optional(),
    ...lineText,
    tax_name: optionalText(50),
    tax_rate: percent.nullable().optional(),
    ...twoTaxes,
  })
  .superRefine((line, context) => {
    const twice = line.tax_rate !== undefined && line.tax_rate_1 !== undefined;
    if (!twice && (line.tax_name === undefined || line.tax_name_1 === undefined)) return;
    const field = twice ? "tax_rate" : "tax_name";
    const message = `Give ${field} or ${field}_1, not both: they are the same tax.`;
    context.addIssue({ code: "custom", path: [field], message });
  });

/** Most lines on one invoice. */
export const lineItems = z.array(lineItem).max(1000);

type LineBody = z.output<typeof lineBody> & Partial<z.output<typeof lineItem>>;

/** A line of a request as the actions take it. A tax is only spoken of when a key of it is there. */
export function toLineInput(line: LineBody): LineInput {
  return {
    id: line.id,
    serviceId: line.service_id,
    description: line.description,
    quantity: line.quantity,
    unitPrice: line.unit_price,
    taxes: taxesOf(line),
    sortOrder: line.sort_order,
  };
}

function taxesOf(line: LineBody): LineTaxes | undefined {
  const { tax_name_1: name = line.tax_name, tax_rate_1: rate = line.tax_rate } = line;
  const { tax_name_2: secondName, tax_rate_2: secondRate } = line;
  const isSilent = [name, rate, secondName, secondRate].every((value) => value === undefined);
  if (isSilent) return undefined;
  return {
    taxName1: name ?? null,
    taxRate1: rate ?? null,
    taxName2: secondName ?? null,
    taxRate2: secondRate ?? null,
  };
}
