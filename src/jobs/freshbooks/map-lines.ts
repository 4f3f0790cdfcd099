import { currencyExponent, formatScaled, roundHalfAway } from "../../billing/money.ts";
import type { Discount } from "../../billing/totals.ts";
import type { LineDraft } from "../../actions/price-invoice.ts";
import type { FbLine } from "../../connectors/freshbooks/schemas.ts";
import { limited, orNull } from "./texts.ts";
import { Unmappable } from "./unmappable.ts";
import { currencyOf, scaledOf } from "./values.ts";

const DESCRIPTION_MAX = 1_000;
/** Basis points ×10³ in a whole. */
const WHOLE = 10_000_000n;

/** Lines as they are priced here. `joins`: what has no long descriptions gets them in the short one. */
export function mapLines(
  lines: readonly FbLine[],
  { currency, joins }: { currency: string; joins: boolean },
): LineDraft[] {
  const exponent = currencyExponent(currencyOf(currency));
  return lines.map((line, index) => {
    if (line.unit_cost.code !== currency) {
      throw new Unmappable(`A line is in ${line.unit_cost.code}, the record in ${currency}.`);
    }
    const { name, description } = line;
    const title = name.trim() || description.trim() || "Item";
    const more = name.trim() === "" ? "" : description.trim();
    const taxes = taxesOf(line);
    return {
      serviceId: null,
      description: limited(joins && more !== "" ? `${title}: ${more}` : title, DESCRIPTION_MAX),
      longDescription: joins ? null : orNull(more, 5_000),
      quantity: scaledOf(line.qty, 4),
      unit: null,
      unitPrice: scaledOf(line.unit_cost.amount, exponent + 6),
      taxName1: taxes[0]?.name ?? null,
      taxRate1: taxes[0]?.rate ?? null,
      taxRateId: null,
      taxName2: taxes[1]?.name ?? null,
      taxRate2: taxes[1]?.rate ?? null,
      discount: null,
      sortOrder: index,
    };
  });
}

/** A compound tax is on the price with the first one: as a rate on the price alone it is so much higher. */
function taxesOf(line: FbLine): { name: string; rate: bigint }[] {
  const first = taxOf(line.taxName1, line.taxAmount1);
  const second = taxOf(line.taxName2, line.taxAmount2);
  if (line.compounded_tax && first !== undefined && second !== undefined) {
    second.rate += roundHalfAway(second.rate * first.rate, WHOLE);
  }
  return [first, second].filter((tax) => tax !== undefined);
}

function taxOf(name: string, percent: string | null): { name: string; rate: bigint } | undefined {
  const rate = percent === null ? 0n : rateOf(percent);
  if (rate === 0n) return undefined;
  return { name: limited(name, 50) || "Tax", rate };
}

/** Per cent as basis points ×10³. */
function rateOf(percent: string): bigint {
  const rate = scaledOf(percent, 5);
  if (rate < 0n) throw new Unmappable(`A rate of ${percent} % is below zero.`);
  return rate;
}

/** The same as it is stored. */
export function rateText(percent: string): string {
  return formatScaled(rateOf(percent), 3);
}

/** Per cent of the subtotal; null for none. */
export function discountOfPercent(percent: string | null): Discount | null {
  if (percent === null) return null;
  const rate = rateOf(percent);
  return rate === 0n ? null : { type: "percentage", rate };
}
