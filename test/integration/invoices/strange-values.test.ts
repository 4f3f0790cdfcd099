import { expect, test } from "vitest";
import { line, startInvoicing } from "./start-invoicing.ts";

const strange: unknown[] = [
  null,
  "",
  -1,
  0.1,
  1e16,
  1e300,
  "1e400",
  "NaN",
  true,
  [],
  {},
  "\u0000",
  "\ud800",
  "9999-12-31",
  "10000-01-01",
  999_999_999_999_999,
];

test("no value of a field is too strange to be taken or refused", async () => {
  const { call, clientId, issued, logLines } = await startInvoicing();
  const { id } = await issued();
  const item = { ...line("x", 1, 100), service_id: 1, tax_name: "t", tax_rate: 1, sort_order: 1 };
  const fields = ["issue_date", "due_date", "currency", "discount_type", "discount_value", "notes"];
  const payment = { amount: 1, payment_date: "2026-03-02", payment_method: "cash", reference: "r" };
  const requests: [path: string, body: unknown][] = [];
  for (const value of strange) {
    requests.push(
      ["/invoices", { client_id: value }],
      ["/invoices", { client_id: clientId, line_items: [value] }],
      ["/invoices/bulk-action", { ids: [value], action: "archive" }],
      ["/invoices/bulk-record-payment", { payments: [value] }],
      ...[...fields, "adjustment_amount", "is_archived", "line_items"].map(
        (field): [string, unknown] => ["/invoices", { client_id: clientId, [field]: value }],
      ),
      ...Object.keys(item).map((field): [string, unknown] => [
        `/invoices/${id}/line-items`,
        { ...line("x", 1, 100), [field]: value },
      ]),
      ...Object.keys(payment).map((field): [string, unknown] => [
        `/invoices/${id}/payments`,
        { ...payment, [field]: value },
      ]),
    );
  }
  for (const [path, body] of requests) {
    const { status } = await call("POST", path, body);
    expect({ path, body, isAnswered: status < 500 }).toMatchObject({ isAnswered: true });
  }
  expect(logLines.filter((entry) => entry.includes('"level":50'))).toEqual([]);
});

test("lines and invoice add up, whatever the discount, the taxes and the rounding", async () => {
  for (const tax_rounding of ["per_line", "per_invoice"]) {
    const { call, clientId } = await startInvoicing({ tax_rounding });
    const next = randomNumbers(tax_rounding.length);
    for (let round = 0; round < 40; round += 1) {
      const lines = Array.from({ length: 1 + next(6) }, () => ({
        ...line("x", (1 + next(99_999)) / 10_000, (next(2_000_000) - 400_000) / 1000),
        tax_rate_1: next(10_000_001) / 1000,
        tax_rate_2: next(3000),
      }));
      const discount =
        round % 2 === 0
          ? { discount_type: "percentage", discount_value: next(100_001) / 1000 }
          : { discount_type: "fixed", discount_value: next(3000) };
      const { status, body } = await call("POST", "/invoices", {
        client_id: clientId,
        line_items: lines,
        ...discount,
      });
      // A negative total is refused.
      if (status === 422) continue;
      const invoice = body.data;
      const sum = (field: string): number =>
        invoice.line_items.reduce(
          (total: number, one: Record<string, number>) => total + (one[field] ?? 0),
          0,
        );
      expect({ lines, ...discount, ...invoice }).toMatchObject({
        ...discount,
        subtotal: sum("amount"),
        discount_total: sum("discount_amount"),
        tax_total: sum("tax_amount_1") + sum("tax_amount_2"),
        total: invoice.subtotal - invoice.discount_total + invoice.tax_total,
      });
    }
  }
});

/** The same numbers each time: 0 up to below `limit` (Park and Miller's generator). */
function randomNumbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % limit;
  };
}
