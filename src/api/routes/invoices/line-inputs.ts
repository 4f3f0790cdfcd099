import { z } from "zod";
import type { NamedTaxes } from "../../../actions/choose-taxes.ts";
import type { LineInput } from "../../../actions/complete-lines.ts";
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

/** One of `line_items`: `tax_name` and `tax_rate`, a percentage, are the first tax. */
export const lineItem = lineBody.extend({
  id: idInBody.optional(),
  tax_name: optionalText(50),
  tax_rate: percent.nullable().optional(),
});

/** Most lines on one record. */
export const linesMax = 1000;
export const lineItems = z.array(lineItem.superRefine(checkOneTax)).max(linesMax);

type LineBody = z.output<typeof lineBody> &
  Partial<z.output<typeof lineItem>> & { tax_rate_id?: number | null | undefined };

/** The first tax is named in one way only: by a kept rate, as a percentage or in basis points. */
export function checkOneTax(line: Partial<LineBody>, context: z.RefinementCtx): void {
  const check = (field: "tax_rate" | "tax_name") => {
    const other = `${field}_1` as const;
    const given = line[field] === undefined ? other : field;
    const isTwice = line[field] !== undefined && line[other] !== undefined;
    const isKept = typeof line.tax_rate_id === "number" && line[given] !== undefined;
    if (!isTwice && !isKept) return;
    const rival = isTwice ? other : "tax_rate_id";
    const message = `Give ${given} or ${rival}, not both: they are the same tax.`;
    context.addIssue({ code: "custom", path: [given], message });
  };
  check("tax_rate");
  check("tax_name");
}

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

function taxesOf(line: LineBody): NamedTaxes | undefined {
  const { tax_name_1: name = line.tax_name, tax_rate_1: rate = line.tax_rate } = line;
  const { tax_rate_id: rateId, tax_name_2: secondName, tax_rate_2: secondRate } = line;
  const values = [rateId, name, rate, secondName, secondRate];
  if (values.every((value) => value === undefined)) return undefined;
  const keys = ["tax_rate_id", "tax_rate_1", "tax_rate", "tax_rate_2"] as const;
  return {
    key: keys.find((key) => Boolean(line[key])) ?? "tax_rate_1",
    taxName1: name ?? null,
    taxRate1: rate ?? null,
    taxRateId: rateId ?? null,
    taxName2: secondName ?? null,
    taxRate2: secondRate ?? null,
  };
}
