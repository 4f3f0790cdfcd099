import { money, type Entry } from "./books.ts";
import { work, type Chance } from "./chance.ts";

interface Lines {
  lines: Entry[];
  /** Cents. */
  total: number;
  discountTotal: number;
}

/** Lines that come to a total as FreshBooks works it out: discount first, each tax of each line rounded. */
export function linesOf(chance: Chance, code: string, discountPercent: number): Lines {
  const lines: Entry[] = [];
  let subtotal = 0;
  const count = 1 + chance.below(4);
  for (let place = 1; place <= count; place += 1) {
    const quarters = 1 + chance.below(40);
    const unit = 2_500 + chance.below(200) * 50;
    const cents = roundHalf((quarters * unit) / 4);
    subtotal += cents;
    const taxed = chance.below(3);
    lines.push({
      id: place,
      lineid: String(place),
      name: chance.of(work),
      description: place === 1 ? "As agreed" : "",
      qty: String(quarters / 4),
      unit_cost: money(unit, code),
      amount: money(cents, code),
      type: 0,
      taxName1: taxed > 0 ? "GST" : "",
      taxAmount1: taxed > 0 ? "5" : "0",
      taxName2: taxed > 1 ? "PST" : "",
      taxAmount2: taxed > 1 ? "9.975" : "0",
      compounded_tax: false,
      cents,
    });
  }
  const discountTotal = roundHalf((subtotal * discountPercent) / 100);
  let taxes = 0;
  for (const [index, share] of spread(
    discountTotal,
    lines.map((line) => Number(line["cents"])),
  ).entries()) {
    const line = lines[index]!;
    const base = Number(line["cents"]) - share;
    taxes += roundHalf((base * Number(line["taxAmount1"])) / 100);
    taxes += roundHalf((base * Number(line["taxAmount2"])) / 100);
    delete line["cents"];
  }
  return { lines, total: subtotal - discountTotal + taxes, discountTotal };
}

/** Halves go up; the little that binary fractions lack is made up for. */
function roundHalf(value: number): number {
  return Math.floor(value + 0.5 + 1e-9);
}

/** Whole cents in the proportion of the parts, by largest remainder. */
function spread(total: number, parts: readonly number[]): number[] {
  const sum = parts.reduce((one, other) => one + other, 0);
  const exact = parts.map((part) => (sum === 0 ? 0 : (total * part) / sum));
  const shares = exact.map(Math.floor);
  const missing = total - shares.reduce((one, other) => one + other, 0);
  const order = exact
    .map((value, index) => ({ index, rest: value - Math.floor(value) }))
    .toSorted((one, other) => other.rest - one.rest || one.index - other.index);
  for (const { index } of order.slice(0, missing)) shares[index]! += 1;
  return shares;
}
