import { expect, test } from "vitest";
import {
  canBecome,
  invoiceStatuses,
  isOverdue,
  statusAfterPayment,
  statusColor,
  statusLabel,
} from "../../../src/billing/statuses.ts";

const sentInvoice = {
  total: 10_000n,
  amountPaid: 0n,
  wasSent: true,
  viewed: false,
  dueDate: "2026-03-10",
  businessDate: "2026-03-10",
};

test("labels and colours are those of the contract", () => {
  expect(invoiceStatuses.map((status) => `${statusLabel(status)} ${statusColor(status)}`)).toEqual([
    "Draft gray",
    "Sent blue",
    "Viewed indigo",
    "Partial amber",
    "Paid green",
    "Overdue red",
    "Cancelled slate",
  ]);
});

test("an invoice goes through its statuses as section 8 says", () => {
  expect(canBecome("draft", "sent")).toBe(true);
  expect(canBecome("sent", "viewed")).toBe(true);
  expect(canBecome("viewed", "partial")).toBe(true);
  expect(canBecome("partial", "paid")).toBe(true);
  const toOverdue = invoiceStatuses.filter((status) => canBecome(status, "overdue"));
  // Paid comes back to it when a refund reopens the invoice.
  expect(toOverdue).toEqual(["sent", "viewed", "partial", "paid"]);
});

test("anything but a paid invoice can be cancelled, and a cancelled one stays so", () => {
  const cancellable = invoiceStatuses.filter((status) => canBecome(status, "cancelled"));
  expect(cancellable).toEqual(["draft", "sent", "viewed", "partial", "overdue"]);
  expect(invoiceStatuses.filter((status) => canBecome("cancelled", status))).toEqual([]);
});

test("the amount paid decides between sent, viewed, partial and paid", () => {
  expect(statusAfterPayment(sentInvoice)).toBe("sent");
  expect(statusAfterPayment({ ...sentInvoice, viewed: true })).toBe("viewed");
  expect(statusAfterPayment({ ...sentInvoice, viewed: true, amountPaid: 1n })).toBe("partial");
  expect(statusAfterPayment({ ...sentInvoice, amountPaid: 10_000n })).toBe("paid");
});

test("an invoice is overdue from the day after its due date, until it is paid", () => {
  const late = { ...sentInvoice, businessDate: "2026-03-11" };
  expect(isOverdue("2026-03-10", "2026-03-10")).toBe(false);
  expect(isOverdue("2026-03-10", "2026-03-11")).toBe(true);
  expect(statusAfterPayment(late)).toBe("overdue");
  expect(statusAfterPayment({ ...late, amountPaid: 9_999n })).toBe("overdue");
  expect(statusAfterPayment({ ...late, amountPaid: 10_000n })).toBe("paid");
});

test("a draft is never overdue, and becomes paid only by a payment", () => {
  const draft = { ...sentInvoice, wasSent: false, businessDate: "2026-05-01" };
  expect(statusAfterPayment(draft)).toBe("draft");
  expect(statusAfterPayment({ ...draft, total: 0n })).toBe("draft");
  expect(statusAfterPayment({ ...draft, amountPaid: 4_000n })).toBe("partial");
  expect(statusAfterPayment({ ...draft, amountPaid: 10_000n })).toBe("paid");
});

test("F23: a total of zero is finalised as paid", () => {
  expect(statusAfterPayment({ ...sentInvoice, total: 0n })).toBe("paid");
  expect(statusAfterPayment({ ...sentInvoice, total: 0n, businessDate: "2026-06-01" })).toBe(
    "paid",
  );
});
