import { expect, test } from "vitest";
import { addDays } from "../../../src/billing/dates.ts";
import {
  decideLateFee,
  type LateFeeInput,
  type LateFeeRule,
} from "../../../src/billing/late-fees.ts";

const flat25: LateFeeRule = { type: "flat", value: 2500n, days: 5, taxRate: null, repeat: null };

/** 1.5 % is 150 basis points. */
const onePointFive: LateFeeRule = { ...flat25, type: "percentage", value: 150_000n };

/** An unpaid invoice of 1000.00, due on 1 March, on the first day of being late. */
function inputOf(changes: Partial<LateFeeInput> = {}): LateFeeInput {
  return {
    rule: flat25,
    businessDate: "2026-03-07",
    dueDate: "2026-03-01",
    principalTotal: 100_000n,
    amountPaid: 0n,
    feesCharged: 0n,
    occurrence: 0,
    ...changes,
  };
}

function feeOf(input: LateFeeInput): bigint {
  const decision = decideLateFee(input);
  return "none" in decision ? 0n : decision.fee;
}

/** Fees of every night of two years, with their dates. */
function runNights(rule: LateFeeRule, nights = 730): [date: string, fee: bigint][] {
  const fees: [string, bigint][] = [];
  let feesCharged = 0n;
  for (let day = 0; day < nights; day += 1) {
    const businessDate = addDays("2026-01-20", day);
    const first = fees[0]?.[0];
    const decision = decideLateFee({
      ...inputOf({ rule, businessDate, dueDate: "2026-01-25", feesCharged }),
      occurrence: fees.length,
      ...(first === undefined ? {} : { firstFeeDate: first }),
    });
    if ("none" in decision) continue;
    expect(decision.occurrence).toBe(fees.length + 1);
    fees.push([businessDate, decision.fee]);
    feesCharged += decision.fee;
  }
  return fees;
}

test("G1: nothing on the last day of grace, the fee on the day after", () => {
  const onLastDay = decideLateFee(inputOf({ businessDate: "2026-03-06" }));
  expect(onLastDay).toEqual({ none: "it is not late before 2026-03-07" });
  const dayAfter = decideLateFee(inputOf({ businessDate: "2026-03-07" }));
  expect(dayAfter).toEqual({ fee: 2500n, tax: 0n, occurrence: 1 });
});

test("G3: a percentage is of what is outstanding of the principal", () => {
  expect(feeOf(inputOf({ rule: onePointFive, amountPaid: 40_000n }))).toBe(900n);
});

test("G7: repeated fees stop at the cap", () => {
  const repeat = { maxCount: 12, capRate: 500_000n };
  const rule: LateFeeRule = { ...flat25, value: 2000n, days: 5, repeat };
  expect(runNights(rule)).toEqual([
    ["2026-01-31", 2000n],
    ["2026-02-28", 2000n],
    ["2026-03-31", 1000n],
  ]);
  const after = decideLateFee(
    inputOf({
      rule,
      businessDate: "2026-06-07",
      feesCharged: 5000n,
      occurrence: 3,
      firstFeeDate: "2026-03-07",
    }),
  );
  expect(after).toEqual({ none: "the cap is reached" });
});

test("a cap that lies between two minor units is not passed", () => {
  // A tenth of 1106 is 111; a quarter of it is 276.5.
  const repeat = { maxCount: 12, capRate: 2_500_000n };
  const rule: LateFeeRule = { ...flat25, type: "percentage", value: 1_000_000n, repeat };
  const charge = (feesCharged: bigint) =>
    feeOf(inputOf({ rule, principalTotal: 1106n, feesCharged }));
  expect([0n, 111n, 222n, 276n].map(charge)).toEqual([111n, 111n, 54n, 0n]);
});

test("repeated fees come monthly from the first, and stop at the maximum count", () => {
  const rule: LateFeeRule = { ...flat25, repeat: { maxCount: 4, capRate: null } };
  expect(runNights(rule).map(([date]) => date)).toEqual([
    "2026-01-31",
    "2026-02-28",
    "2026-03-31",
    "2026-04-30",
  ]);
});

test("the months are counted from the day of the first fee, also when that came late", () => {
  const repeating = inputOf({
    rule: { ...flat25, repeat: { maxCount: 4, capRate: null } },
    feesCharged: 2500n,
    occurrence: 1,
    firstFeeDate: "2026-03-20",
  });
  const tooEarly = decideLateFee({ ...repeating, businessDate: "2026-04-19" });
  expect(tooEarly).toEqual({ none: "the next one is due on 2026-04-20" });
  expect(feeOf({ ...repeating, businessDate: "2026-04-20" })).toBe(2500n);
});

test("without repetition the fee is charged once in all", () => {
  expect(runNights(flat25)).toEqual([["2026-01-31", 2500n]]);
});

test("G11: no fee once nothing of the principal is outstanding, or on a zero balance", () => {
  const none = { none: "nothing of the principal is outstanding" };
  expect(decideLateFee(inputOf({ amountPaid: 100_000n }))).toEqual(none);
  expect(decideLateFee(inputOf({ principalTotal: 0n }))).toEqual(none);
  // Earlier fees are still owed, but there is no fee on fees.
  expect(decideLateFee(inputOf({ amountPaid: 101_000n, feesCharged: 2500n }))).toEqual(none);
});

test("F23: an invoice of total zero gets no fee", () => {
  expect(feeOf(inputOf({ principalTotal: 0n, rule: onePointFive }))).toBe(0n);
});

test("G15: three decimals of a dinar are rounded to the fils", () => {
  expect(feeOf(inputOf({ rule: onePointFive, principalTotal: 10_001n }))).toBe(150n);
});

test("G17: tax on a fee only when the company says so", () => {
  expect(decideLateFee(inputOf())).toMatchObject({ fee: 2500n, tax: 0n });
  const taxed = decideLateFee(inputOf({ rule: { ...flat25, taxRate: 1_900_000n } }));
  expect(taxed).toEqual({ fee: 2500n, tax: 475n, occurrence: 1 });
});

test("G23: a changed setting charges nothing more for an invoice that has its fee", () => {
  const changed = { ...flat25, value: 4000n };
  const decision = decideLateFee(
    inputOf({ rule: changed, feesCharged: 2500n, occurrence: 1, firstFeeDate: "2026-03-07" }),
  );
  expect(decision).toEqual({ none: "it is already charged" });
});

test("a waived fee counts as charged", () => {
  const waived = inputOf({ businessDate: "2026-09-01", feesCharged: 2500n, occurrence: 1 });
  expect(decideLateFee(waived)).toEqual({ none: "it is already charged" });
});

test("a fee that rounds to zero is none", () => {
  const tiny = inputOf({ rule: onePointFive, principalTotal: 33n });
  expect(decideLateFee(tiny)).toEqual({ none: "it rounds to zero" });
  expect(feeOf({ ...tiny, principalTotal: 34n })).toBe(1n);
});
