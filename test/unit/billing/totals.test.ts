import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { currencyExponent, formatMoney } from "../../../src/billing/money.ts";
import {
  computeTotals,
  lineAmount,
  type Discount,
  type LineInput,
  type Totals,
  type TotalsInput,
} from "../../../src/billing/totals.ts";

const scaleOfQuantity = 10_000n;
const scaleOfPrice = 1_000_000n;

/** One piece at a price in minor units; rates in basis points. */
function line(price: bigint, rate1?: number, rate2?: number): LineInput {
  return {
    quantity: scaleOfQuantity,
    unitPrice: price * scaleOfPrice,
    taxName1: null,
    taxRate1: scaledRate(rate1),
    taxName2: null,
    taxRate2: scaledRate(rate2),
  };
}

function scaledRate(basisPoints: number | undefined): bigint | null {
  return basisPoints === undefined ? null : BigInt(basisPoints * 1000);
}

function percent(whole: bigint): Discount {
  return { type: "percentage", rate: whole * 100_000n };
}

function totalsOf(lines: LineInput[], changes: Partial<TotalsInput> = {}): Totals {
  return computeTotals({ lines, discount: null, taxRounding: "per_line", ...changes });
}

describe("cases", () => {
  test("F1: ten cents three times", () => {
    const { total } = totalsOf([{ ...line(10n), quantity: 3n * scaleOfQuantity }]);
    expect(total).toBe(30n);
  });

  test("F3: a discount of the whole leaves no tax", () => {
    const totals = totalsOf([line(10_000n, 2500)], { discount: percent(100n) });
    expect(totals).toMatchObject({ discountTotal: 10_000n, taxTotal: 0n, total: 0n });
  });

  test("F5: the line is rounded before the discount takes it off", () => {
    const lines = [{ ...line(6422n), quantity: 22_500n }];
    const totals = totalsOf(lines, { discount: percent(100n) });
    expect(totals).toMatchObject({ lines: [{ amount: 14_450n }], total: 0n });
  });

  test("F7: two taxes on a line do not build on one another", () => {
    const totals = totalsOf([line(14_000n, 500, 997.5)]);
    expect(totals.lines).toMatchObject([{ taxAmount1: 700n, taxAmount2: 1397n }]);
    expect(totals.total).toBe(16_097n);
  });

  test("F9: discount first, then tax", () => {
    const lines = [{ ...line(34_835n, 2200), quantity: 16n * scaleOfQuantity }];
    const { subtotal, discountTotal, total } = totalsOf(lines, { discount: percent(4n) });
    expect(subtotal - discountTotal).toBe(535_066n);
    expect(total).toBe(652_781n);
  });

  test("F11: tax rounded per line or once per invoice", () => {
    const lines = [line(5n, 1000), line(5n, 1000), line(5n, 1000)];
    expect(totalsOf(lines).taxTotal).toBe(3n);
    const perInvoice = totalsOf(lines, { taxRounding: "per_invoice" });
    expect(perInvoice.taxTotal).toBe(2n);
    expect(perInvoice.lines.map(({ taxAmount1 }) => taxAmount1)).toEqual([1n, 1n, 0n]);
  });

  test("F13: a fixed discount is spread over the lines to the last cent", () => {
    const lines = [line(3333n), line(3333n), line(3334n)];
    const totals = totalsOf(lines, { discount: { type: "fixed", amount: 1000n } });
    expect(totals.lines.map(({ discount }) => discount)).toEqual([333n, 333n, 334n]);
  });

  test("F15: yen have no decimals anywhere", () => {
    const totals = totalsOf([line(1234n, 800)]);
    expect(totals).toMatchObject({ taxTotal: 99n, total: 1333n });
    // What a card is charged is the minor unit as it is.
    expect(currencyExponent("JPY")).toBe(0);
    expect(formatMoney(totals.total, "JPY")).toBe("¥1,333");
  });

  test("F19: a negative line is rounded away from zero", () => {
    expect(lineAmount(scaleOfQuantity, -267_500_000n)).toBe(-268n);
    expect(lineAmount(-scaleOfQuantity, 267_500_000n)).toBe(-268n);
  });

  test("F21: the largest amounts are exact", () => {
    const totals = totalsOf([line(99_999_999_999_999n, 1000)]);
    expect(totals.subtotal).toBe(99_999_999_999_999n);
    expect(totals.taxTotal).toBe(10_000_000_000_000n);
    expect(totals.total).toBe(109_999_999_999_999n);
  });

  test("F23: without lines, or at a price of nothing, the total is zero", () => {
    expect(totalsOf([])).toMatchObject({ subtotal: 0n, taxTotal: 0n, total: 0n });
    expect(totalsOf([line(0n, 2000)])).toMatchObject({ total: 0n });
  });
});

describe("discounts", () => {
  test("a fixed discount takes off no more than there is", () => {
    const totals = totalsOf([line(500n, 1000)], { discount: { type: "fixed", amount: 900n } });
    expect(totals).toMatchObject({ discountTotal: 500n, taxTotal: 0n, total: 0n });
  });

  test("a fixed discount takes nothing off a credit", () => {
    const totals = totalsOf([line(-500n)], { discount: { type: "fixed", amount: 100n } });
    expect(totals).toMatchObject({ discountTotal: 0n, total: -500n });
  });

  test("a credit line gets its share with the sign turned", () => {
    const totals = totalsOf([line(1000n), line(-200n)], { discount: percent(10n) });
    expect(totals.lines.map(({ discount }) => discount)).toEqual([100n, -20n]);
    expect(totals).toMatchObject({ subtotal: 800n, discountTotal: 80n, total: 720n });
  });
});

describe("discounts of single lines", () => {
  test("come off first; the invoice's is spread over what they leave, and tax comes last", () => {
    const lines = [
      // 100.00 less 10 % is 90.00; 60.00 less 15.00 is 45.00.
      { ...line(10_000n, 1900), discount: percent(10n) },
      { ...line(6_000n, 700), discount: { type: "fixed" as const, amount: 1_500n } },
      line(1_500n),
    ];
    const totals = totalsOf(lines, { discount: percent(20n) });
    // 20 % of 150.00 is 30.00: 18.00, 9.00 and 3.00.
    expect(totals.lines).toEqual([
      { amount: 10_000n, discount: 2_800n, taxAmount1: 1_368n, taxAmount2: 0n },
      { amount: 6_000n, discount: 2_400n, taxAmount1: 252n, taxAmount2: 0n },
      { amount: 1_500n, discount: 300n, taxAmount1: 0n, taxAmount2: 0n },
    ]);
    expect(totals).toMatchObject({
      subtotal: 17_500n,
      discountTotal: 5_500n,
      taxTotal: 1_620n,
      total: 13_620n,
    });
  });

  test("a fixed one takes off no more than the line, and nothing off a credit line", () => {
    const fixed = { type: "fixed" as const, amount: 900n };
    const totals = totalsOf([
      { ...line(500n), discount: fixed },
      { ...line(-100n), discount: fixed },
      { ...line(-100n), discount: percent(50n) },
      line(1000n),
    ]);
    expect(totals.lines.map(({ discount }) => discount)).toEqual([500n, 0n, -50n, 0n]);
    expect(totals).toMatchObject({ subtotal: 1300n, discountTotal: 450n, total: 850n });
  });

  test("rounding them never makes a total negative; what is truly negative is said to be so", () => {
    // Half of 0.01 is taken off twice: exactly 0.01 is left, rounded nothing.
    const cent = { ...line(1n), discount: percent(50n) };
    const lifted = totalsOf([cent, cent], { adjustment: -1n });
    expect(lifted).toMatchObject({ subtotal: 2n, discountTotal: 1n, total: 0n });
    expect(totalsOf([cent, cent], { adjustment: -2n }).total).toBe(-2n);
  });
});

describe("taxes", () => {
  test("per invoice, each rate is rounded once, wherever it stands on the lines", () => {
    const lines = [line(5n, 1000), line(5n, 2000, 1000), line(5n, 1000)];
    const totals = totalsOf(lines, { taxRounding: "per_invoice" });
    // 10 % of 15 is 1.5, so 2; 20 % of 5 is 1.
    expect(totals.taxTotal).toBe(3n);
    const shares = totals.lines.map(({ taxAmount1, taxAmount2 }) => [taxAmount1, taxAmount2]);
    expect(shares).toEqual([
      [1n, 0n],
      [1n, 1n],
      [0n, 0n],
    ]);
  });

  test("per invoice, a tax is its name and its rate: two of one rate are rounded apart", () => {
    const both = { taxName1: "GST", taxName2: "PST" };
    const perInvoice = { taxRounding: "per_invoice" as const };
    // 5 % of 10 is 0.5, so 1, for each of them.
    const one = totalsOf([{ ...line(10n, 500, 500), ...both }], perInvoice);
    expect(one).toMatchObject({ lines: [{ taxAmount1: 1n, taxAmount2: 1n }], taxTotal: 2n });
    // GST, wherever it stands, is 5 % of 20; PST is 5 % of 10.
    const turned = { ...line(10n, 500), taxName1: "PST", taxName2: "GST", taxRate2: 500_000n };
    const lines = [{ ...line(10n, 500), taxName1: "GST" }, turned];
    const { lines: shares, taxTotal } = totalsOf(lines, perInvoice);
    expect(taxTotal).toBe(2n);
    expect(shares).toMatchObject([
      { taxAmount1: 1n, taxAmount2: 0n },
      { taxAmount1: 1n, taxAmount2: 0n },
    ]);
  });

  test("with tax type summary only the invoice's own rates count", () => {
    const totals = totalsOf([line(1000n, 5000), line(1005n, 5000)], {
      taxType: "summary",
      summaryRates: [1_000_000n, 500_000n],
      discount: { type: "fixed", amount: 5n },
    });
    expect(totals.summaryTaxes).toEqual([200n, 100n]);
    expect(totals).toMatchObject({ taxTotal: 300n, total: 2300n });
    expect(totals.lines.every(({ taxAmount1 }) => taxAmount1 === 0n)).toBe(true);
  });

  test("adjustment and late fees are added as they are", () => {
    const totals = totalsOf([line(1000n, 1000)], { adjustment: -150n, lateFee: 25n });
    expect(totals.total).toBe(1000n + 100n - 150n + 25n);
  });
});

describe("a total below zero", () => {
  test("rounding alone never makes one: the tax rounded furthest gives way", () => {
    // 5 % of 10 is 0.5, rounded to 1; 5 % of 5 is 0.25, rounded to 0.
    const totals = totalsOf([line(-10n, 500), line(5n, 500), line(5n, 500)]);
    expect(totals).toMatchObject({ subtotal: 0n, taxTotal: 0n, total: 0n });
    expect(totals.lines.map(({ taxAmount1 }) => taxAmount1)).toEqual([0n, 0n, 0n]);
  });

  test("nor does the rounding of the lines themselves", () => {
    const lines = [-500_000n, 250_000n, 250_000n].map((unitPrice) => ({ ...line(0n), unitPrice }));
    const totals = totalsOf(lines);
    expect(totals.lines.map(({ amount }) => amount)).toEqual([0n, 0n, 0n]);
    expect(totals).toMatchObject({ subtotal: 0n, total: 0n });
  });

  test("nor that of summary taxes", () => {
    // Twice 5 % of −10 is −1 in all, but −1 and −1 when each is rounded.
    const totals = totalsOf([line(10n, 5000), line(-20n, 5000)], {
      taxType: "summary",
      summaryRates: [500_000n, 500_000n],
      adjustment: 11n,
    });
    expect(totals).toMatchObject({ subtotal: -10n, summaryTaxes: [0n, -1n], total: 0n });
    expect(totals.lines.every(({ taxAmount1 }) => taxAmount1 === 0n)).toBe(true);
  });

  test("nor that of a discount", () => {
    // Exactly: half of 100.2, less 50, is 0.1. Rounded: 99 − 50 − 50.
    const lines = [1, 2, 3].map(() => ({ ...line(0n), unitPrice: 33_400_000n }));
    const totals = totalsOf(lines, { discount: percent(50n), adjustment: -50n });
    expect(totals).toMatchObject({ subtotal: 100n, discountTotal: 50n, total: 0n });
  });

  test("one that is truly negative is said to be so", () => {
    expect(totalsOf([line(1000n)], { adjustment: -1001n }).total).toBe(-1n);
    expect(totalsOf([line(-10n, 500)]).total).toBe(-11n);
    const halfOff = { discount: percent(50n), adjustment: -60n };
    expect(totalsOf([line(100n)], halfOff).total).toBe(-10n);
    const fiftyOff = { discount: { type: "fixed" as const, amount: 50n }, adjustment: -60n };
    expect(totalsOf([line(100n)], fiftyOff).total).toBe(-10n);
  });
});

const prices = fc.oneof(
  fc.bigInt(-(10n ** 13n), 10n ** 13n),
  fc.bigInt(-100n, 100n).map((tenths) => tenths * 100_000n),
);
const rates = fc.option(
  fc.oneof(fc.bigInt(0n, 10_000_000n), fc.constantFrom(500_000n, 997_500n, 1_900_000n)),
);
const names = fc.option(fc.constantFrom("GST", "PST"));
const discounts: fc.Arbitrary<Discount | null> = fc.option(
  fc.oneof(
    fc.record({ type: fc.constant("percentage" as const), rate: fc.bigInt(0n, 10_000_000n) }),
    fc.record({ type: fc.constant("fixed" as const), amount: fc.bigInt(0n, 10n ** 9n) }),
  ),
);
const lineInputs: fc.Arbitrary<LineInput> = fc.record({
  quantity: fc.oneof(fc.bigInt(-100_000n, 100_000n), fc.constant(scaleOfQuantity)),
  unitPrice: prices,
  taxName1: names,
  taxRate1: rates,
  taxName2: names,
  taxRate2: rates,
  discount: discounts,
});
const inputs: fc.Arbitrary<TotalsInput> = fc.record(
  {
    lines: fc.array(lineInputs, { maxLength: 8 }),
    discount: discounts,
    taxRounding: fc.constantFrom("per_line" as const, "per_invoice" as const),
    taxType: fc.constantFrom("inline" as const, "summary" as const),
    summaryRates: fc.array(fc.bigInt(0n, 5_000_000n), { maxLength: 3 }),
    adjustment: fc.bigInt(-1000n, 1000n),
    lateFee: fc.bigInt(0n, 1000n),
  },
  { requiredKeys: ["lines", "discount", "taxRounding"] },
);

function sum(values: bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}

describe("in all cases", () => {
  test("lines add up to the invoice", () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { lines, summaryTaxes, ...totals } = computeTotals(input);
        expect(lines).toHaveLength(input.lines.length);
        expect(sum(lines.map(({ amount }) => amount))).toBe(totals.subtotal);
        expect(sum(lines.map(({ discount }) => discount))).toBe(totals.discountTotal);
        const taxes = lines.flatMap(({ taxAmount1, taxAmount2 }) => [taxAmount1, taxAmount2]);
        expect(sum([...taxes, ...summaryTaxes])).toBe(totals.taxTotal);
        const { adjustment = 0n, lateFee = 0n } = input;
        const { subtotal, discountTotal, taxTotal } = totals;
        expect(totals.total).toBe(subtotal - discountTotal + taxTotal + adjustment + lateFee);
      }),
      { numRuns: 2_000 },
    );
  });

  test("without credit lines a discount leaves no line below zero", () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const lines = input.lines.map((one) => ({
          ...one,
          quantity: one.quantity < 0n ? -one.quantity : one.quantity,
          unitPrice: one.unitPrice < 0n ? -one.unitPrice : one.unitPrice,
        }));
        for (const { amount, discount } of computeTotals({ ...input, lines }).lines) {
          expect(discount >= 0n && discount <= amount).toBe(true);
        }
      }),
    );
  });

  test("lines that cancel each other out never come to less than nothing", () => {
    const parts = fc.array(fc.bigInt(-2000n, 2000n), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(parts, rates, inputs, (tenths, rate, { taxRounding }) => {
        const all = [...tenths, -sum(tenths)];
        const lines = all.map((price) => ({
          quantity: scaleOfQuantity,
          unitPrice: price * 100_000n,
          taxName1: null,
          taxRate1: rate,
          taxName2: null,
          taxRate2: null,
        }));
        const { total } = computeTotals({ lines, discount: null, taxRounding });
        expect(total >= 0n).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
