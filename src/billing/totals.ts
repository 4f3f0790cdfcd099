import { roundHalfAway } from "./money.ts";

/**
 * A line before it is worked out. `quantity` is scaled by 10⁴; `unitPrice` is in minor units scaled
 * by 10⁶; rates are basis points scaled by 10³ (9.975 % is 997_500n). Names only matter where taxes
 * are rounded per invoice: a tax is its name and its rate.
 */
export interface LineInput {
  quantity: bigint;
  unitPrice: bigint;
  taxName1: string | null;
  taxRate1: bigint | null;
  taxName2: string | null;
  taxRate2: bigint | null;
  /** The line's own, taken off before that of the invoice. None when left out. */
  discount?: Discount | null;
}

/** Percentage rates are basis points scaled by 10³; fixed amounts are minor units. */
export type Discount = { type: "percentage"; rate: bigint } | { type: "fixed"; amount: bigint };

export interface TotalsInput {
  lines: readonly LineInput[];
  discount: Discount | null;
  taxRounding: "per_line" | "per_invoice";
  /** `inline` when left out: each line has its own taxes. `summary`: only `summaryRates` count. */
  taxType?: "inline" | "summary";
  /** Rates on the whole invoice, for tax type `summary`. */
  summaryRates?: readonly bigint[];
  /** Minor units, may be negative. */
  adjustment?: bigint;
  /** Fees charged so far with their tax, minor units. */
  lateFee?: bigint;
}

/** Minor units. The discount is the line's own and its share of the invoice's. */
export interface LineTotals {
  amount: bigint;
  discount: bigint;
  taxAmount1: bigint;
  taxAmount2: bigint;
}

/**
 * Minor units; subtotal − discountTotal + taxTotal + adjustment + late fee = total. A negative total
 * is truly negative, never by rounding; callers refuse it.
 */
export interface Totals {
  lines: LineTotals[];
  /** What each of the summary rates comes to, in their order. */
  summaryTaxes: bigint[];
  subtotal: bigint;
  discountTotal: bigint;
  taxTotal: bigint;
  total: bigint;
}

/** Quantity times unit price of one minor unit. */
const LINE_SCALE = 10_000_000_000n;
/** Basis points scaled by 10³ in a whole. */
const WHOLE = 10_000_000n;

/** Rounded once, half away from zero (BILLING.md 5.1). */
export function lineAmount(quantity: bigint, unitPrice: bigint): bigint {
  return roundHalfAway(quantity * unitPrice, LINE_SCALE);
}

/** Works out an invoice's amounts (BILLING.md 5.1–5.3). */
export function computeTotals(input: TotalsInput): Totals {
  const { adjustment = 0n, lateFee = 0n } = input;
  let subtotal = 0n;
  let discountTotal = 0n;
  const lines = input.lines.map(({ quantity, unitPrice, discount: own = null }): LineTotals => {
    const amount = lineAmount(quantity, unitPrice);
    const discount = own === null ? 0n : discountOn(amount, own);
    subtotal += amount;
    discountTotal += discount;
    return { amount, discount, taxAmount1: 0n, taxAmount2: 0n };
  });

  const left = subtotal - discountTotal;
  const shared = input.discount === null ? 0n : discountOn(left, input.discount);
  if (shared !== 0n) spreadDiscount(lines, shared, left);
  discountTotal += shared;

  const summaryTaxes: bigint[] = [];
  if (input.taxType === "summary") {
    const base = subtotal - discountTotal;
    for (const rate of input.summaryRates ?? []) summaryTaxes.push(taxOn(base, rate));
  } else if (input.taxRounding === "per_line") {
    taxEachLine(input.lines, lines);
  } else {
    taxEachTax(input.lines, lines);
  }
  let taxTotal = 0n;
  for (const line of lines) taxTotal += line.taxAmount1 + line.taxAmount2;
  for (const tax of summaryTaxes) taxTotal += tax;

  const total = subtotal - discountTotal + taxTotal + adjustment + lateFee;
  const totals = { lines, summaryTaxes, subtotal, discountTotal, taxTotal, total };
  if (total < 0n && !isTrulyNegative(input)) liftToZero(input, totals);
  return totals;
}

/** `rate` in basis points scaled by 10³. Rounded once, half away from zero. */
export function taxOn(base: bigint, rate: bigint): bigint {
  return roundHalfAway(base * rate, WHOLE);
}

/** A fixed discount takes off no more than there is. */
function discountOn(amount: bigint, discount: Discount): bigint {
  if (discount.type === "percentage") return taxOn(amount, discount.rate);
  if (amount <= 0n) return 0n;
  return discount.amount < amount ? discount.amount : amount;
}

/** Adds to the lines their shares of what is taken off the sum of what is left of them. */
function spreadDiscount(lines: LineTotals[], shared: bigint, left: bigint): void {
  // Shares are counted in whole sizes, so a negative sum turns both parts of the fraction.
  const sign = left < 0n ? -1n : 1n;
  const shares = spread(
    shared,
    lines.map((line) => shared * (line.amount - line.discount) * sign),
    left * sign,
  );
  for (const [index, line] of lines.entries()) line.discount += shares[index] ?? 0n;
}

function taxEachLine(inputs: readonly LineInput[], lines: LineTotals[]): void {
  for (const [index, line] of lines.entries()) {
    const { taxRate1 = null, taxRate2 = null } = inputs[index] ?? {};
    const base = line.amount - line.discount;
    if (taxRate1 !== null) line.taxAmount1 = taxOn(base, taxRate1);
    if (taxRate2 !== null) line.taxAmount2 = taxOn(base, taxRate2);
  }
}

/**
 * Rounds each tax once, wherever on the lines it stands, and gives the lines their shares. Two taxes
 * of one rate are two: each is owed to somebody of its own.
 */
function taxEachTax(inputs: readonly LineInput[], lines: LineTotals[]): void {
  type Share = { line: LineTotals; slot: "taxAmount1" | "taxAmount2" };
  const byTax = new Map<string, { rate: bigint; shares: Share[] }>();
  for (const [index, line] of lines.entries()) {
    const input = inputs[index]!;
    for (const [name, rate, slot] of [
      [input.taxName1, input.taxRate1, "taxAmount1"],
      [input.taxName2, input.taxRate2, "taxAmount2"],
    ] as const) {
      if (rate === null) continue;
      const key = `${rate} ${name ?? ""}`;
      const tax = byTax.get(key) ?? { rate, shares: [] };
      tax.shares.push({ line, slot });
      byTax.set(key, tax);
    }
  }
  for (const { rate, shares } of byTax.values()) {
    const exact = shares.map(({ line }) => (line.amount - line.discount) * rate);
    const sum = exact.reduce((total, tax) => total + tax, 0n);
    const taxes = spread(roundHalfAway(sum, WHOLE), exact, WHOLE);
    for (const [index, { line, slot }] of shares.entries()) line[slot] = taxes[index] ?? 0n;
  }
}

/**
 * Whole numbers that add up to `total` and stay within one of each fraction numerator ÷ denominator,
 * whose sum rounds to it: largest remainder, the earlier one of equals. `denominator` > 0.
 */
function spread(total: bigint, numerators: readonly bigint[], denominator: bigint): bigint[] {
  let missing = total;
  const parts = numerators.map((numerator, index) => {
    const cut = numerator / denominator;
    const floor = numerator < 0n && cut * denominator !== numerator ? cut - 1n : cut;
    missing -= floor;
    return { index, floor, remainder: numerator - floor * denominator };
  });
  const shares = parts.map((part) => part.floor);
  if (missing === 0n) return shares;
  parts.sort((a, b) =>
    a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1,
  );
  for (const { index } of parts.slice(0, Number(missing))) shares[index] = shares[index]! + 1n;
  return shares;
}

/** The sign of the total as it would be without any rounding. */
function isTrulyNegative(input: TotalsInput): boolean {
  const { lines, discount, adjustment = 0n, lateFee = 0n } = input;
  const nets = lines.map(exactNet);
  const subtotal = nets.reduce((sum, net) => sum + net, 0n);
  // What the discount leaves, as the fraction kept ÷ of.
  let [kept, of] = [1n, 1n];
  if (discount?.type === "percentage") {
    [kept, of] = [WHOLE - discount.rate, WHOLE];
  } else if (discount?.type === "fixed" && subtotal > 0n) {
    const off = discount.amount * LINE_SCALE * WHOLE;
    [kept, of] = [off < subtotal ? subtotal - off : 0n, subtotal];
  }
  const summaryRate = (input.summaryRates ?? []).reduce((sum, rate) => sum + rate, 0n);
  let taxed = 0n;
  for (const [index, { taxRate1, taxRate2 }] of lines.entries()) {
    const rate = input.taxType === "summary" ? summaryRate : (taxRate1 ?? 0n) + (taxRate2 ?? 0n);
    taxed += nets[index]! * (WHOLE + rate);
  }
  return kept * taxed + (adjustment + lateFee) * LINE_SCALE * WHOLE * WHOLE * of < 0n;
}

/** What a line comes to after its own discount, unrounded: minor units × LINE_SCALE × WHOLE. */
function exactNet({ quantity, unitPrice, discount = null }: LineInput): bigint {
  const amount = quantity * unitPrice;
  if (discount === null) return amount * WHOLE;
  if (discount.type === "percentage") return amount * (WHOLE - discount.rate);
  if (amount <= 0n) return amount * WHOLE;
  const left = amount - discount.amount * LINE_SCALE;
  return left < 0n ? 0n : left * WHOLE;
}

/**
 * Rounding alone must not make a total negative (BILLING.md 5.3): the missing minor units are given
 * back where rounding took most away, so that all amounts still add up.
 */
function liftToZero(input: TotalsInput, totals: Totals): void {
  const slots: { error: bigint; raise: () => void }[] = [];
  const addTax = (tax: bigint, base: bigint, rate: bigint, raise: () => void) => {
    slots.push({
      error: (tax * WHOLE - base * rate) * (LINE_SCALE / WHOLE),
      raise: () => {
        raise();
        totals.taxTotal += 1n;
      },
    });
  };
  for (const [index, line] of totals.lines.entries()) {
    const { quantity, unitPrice, taxRate1, taxRate2, discount = null } = input.lines[index]!;
    if (discount?.type === "percentage") {
      const rounded = taxOn(line.amount, discount.rate);
      slots.push({
        error: (line.amount * discount.rate - rounded * WHOLE) * (LINE_SCALE / WHOLE),
        raise: () => {
          line.discount -= 1n;
          totals.discountTotal -= 1n;
        },
      });
    }
    slots.push({
      error: line.amount * LINE_SCALE - quantity * unitPrice,
      raise: () => {
        line.amount += 1n;
        totals.subtotal += 1n;
      },
    });
    if (input.taxType === "summary") continue;
    const base = line.amount - line.discount;
    if (taxRate1 !== null) addTax(line.taxAmount1, base, taxRate1, () => (line.taxAmount1 += 1n));
    if (taxRate2 !== null) addTax(line.taxAmount2, base, taxRate2, () => (line.taxAmount2 += 1n));
  }
  const base = totals.subtotal - totals.discountTotal;
  for (const [index, tax] of totals.summaryTaxes.entries()) {
    const rate = input.summaryRates?.[index] ?? 0n;
    addTax(tax, base, rate, () => (totals.summaryTaxes[index]! += 1n));
  }
  slots.sort((a, b) => (a.error === b.error ? 0 : a.error < b.error ? -1 : 1));
  for (let at = 0; totals.total < 0n; at = (at + 1) % slots.length) {
    slots[at]!.raise();
    totals.total += 1n;
  }
}
