import { assert, bigInt, property } from "fast-check";
import { expect, test } from "vitest";
import { refundableOf, splitRefund } from "../../../src/billing/refunds.ts";

const amount = bigInt({ min: 0n, max: 10n ** 15n - 1n });

test("a refund is taken from the credit first, and comes out to the last unit", () => {
  assert(
    property(amount, amount, amount, (ofCredit, ofInvoice, kept) => {
      const all = ofCredit + ofInvoice;
      const asked = kept > all ? 0n : all - kept;
      const fromCredit = asked < ofCredit ? asked : ofCredit;
      expect(splitRefund(asked, { ofCredit, ofInvoice })).toEqual({
        ofCredit: fromCredit,
        ofInvoice: asked - fromCredit,
      });
    }),
  );
});

test("more than there is cannot be given back", () => {
  const there = { ofCredit: 25n, ofInvoice: 100n };
  expect(splitRefund(125n, there)).toEqual(there);
  expect(splitRefund(126n, there)).toBeUndefined();
});

test.for([
  ["untouched", {}, { ofCredit: 25n, ofInvoice: 100n }],
  ["its credit used in part", { creditRemaining: 5n }, { ofCredit: 5n, ofInvoice: 100n }],
  ["given back in part", { refundedOfInvoice: 40n }, { ofCredit: 25n, ofInvoice: 60n }],
  ["of a voided invoice", { voidedRemaining: 300n }, { ofCredit: 25n, ofInvoice: 100n }],
  ["of one whose credit was used", { voidedRemaining: 30n }, { ofCredit: 25n, ofInvoice: 30n }],
] as const)("what can be given back of a payment: %s", ([, more, refundable]) => {
  const payment = {
    amount: 125n,
    credited: 25n,
    refundedOfInvoice: 0n,
    creditRemaining: 25n,
    voidedRemaining: null,
  };
  expect(refundableOf({ ...payment, ...more })).toEqual(refundable);
});
