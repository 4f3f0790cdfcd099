import { expect, test } from "vitest";
import { spendExample, startWorkedExample } from "./worked-example.ts";

test("the worked example: what came in and what was spent", async () => {
  const example = await startWorkedExample();
  const { read, call, clientId, euroClientId, expectCall } = example;
  await spendExample(example);

  const report = await read("/reports/profit-loss");
  expect(report).toMatchObject({
    period: { start: "2026-01-01", end: "2026-12-31" },
    currency: "USD",
    revenue: { invoiced: 142_000, collected: 60_000 },
    summary: {
      total_invoiced: 142_000,
      total_collected: 60_000,
      // The audit of last year is none of it.
      outstanding: 92_000,
      total_expenses: 5900,
      total_expense_tax: 750,
      net_profit: 54_100,
    },
  });
  const months = report.revenue.by_month;
  expect(months).toHaveLength(12);
  expect(months.slice(0, 4)).toEqual([
    month("Jan 2026", "2026-01", [115_000, 10_000, 0, 10_000]),
    month("Feb 2026", "2026-02", [0, 50_000, 5000, 45_000]),
    month("Mar 2026", "2026-03", [20_000, 0, 0, 0]),
    month("Apr 2026", "2026-04", [7000, 0, 900, -900]),
  ]);
  expect(report.by_currency.USD).toEqual({ revenue: report.revenue, summary: report.summary });
  expect(report.by_currency.EUR.summary).toEqual({
    total_invoiced: 10_679,
    total_collected: 0,
    outstanding: 10_679,
    total_expenses: 1234,
    total_expense_tax: 0,
    net_profit: -1234,
  });
  const winter = await read("/reports/profit-loss?start_date=2025-12-31&end_date=2026-01-05");
  expect(winter.revenue).toEqual({
    invoiced: 10_000,
    collected: 10_000,
    by_month: [
      month("Dec 2025", "2025-12", [10_000, 0, 100, -100]),
      month("Jan 2026", "2026-01", [0, 10_000, 0, 10_000]),
    ],
  });
  // What is given back is missing from the day it is.
  const [payment] = await expectCall(200, "GET", `/invoices/${example.partlyPaid.id}/payments`);
  await expectCall(201, "POST", `/payments/${payment.id}/refund`, {
    amount: 2000,
    refund_date: "2026-03-15",
  });
  const refunded = await read("/reports/profit-loss");
  expect(refunded.summary).toMatchObject({ total_collected: 58_000, outstanding: 94_000 });
  expect(refunded.revenue.by_month[2]).toMatchObject({ month_key: "2026-03", collected: -2000 });
  // Too much is money all the same, and using the credit for another invoice is none.
  const overpaid = await expectCall(
    200,
    "POST",
    `/invoices/${example.dueYesterday.id}/record-payment`,
    { amount: 25_000, payment_date: "2026-03-31" },
  );
  expect(overpaid.status).toBe("paid");
  const [credit] = await expectCall(200, "GET", "/credits");
  await expectCall(200, "POST", `/credits/${credit.id}/apply`, {
    invoice_id: example.ofToday.id,
    amount: 5000,
  });
  expect((await read("/reports/profit-loss")).summary).toMatchObject({
    total_collected: 83_000,
    outstanding: 69_000,
  });

  const { data } = await read("/reports/expenses?from=2026-01-01&to=2026-12-31");
  expect(data).toEqual({
    currency: "USD",
    ...expensesOf(clientId, euroClientId),
    by_currency: {
      USD: expensesOf(clientId, euroClientId),
      EUR: {
        total: 1234,
        total_tax: 0,
        billable_total: 0,
        by_category: [{ category: "other", total: 1234, count: 1 }],
        by_client: [],
      },
    },
  });
  expect((await read("/reports/expenses")).data.total).toBe(6000);
  expect(
    (await call("GET", "/reports/expenses?from=2026-02-01&to=2026-01-01")).body.errors,
  ).toEqual({ to: ["Must not be before from."] });
});

function expensesOf(clientId: number, otherClientId: number) {
  return {
    total: 5900,
    total_tax: 750,
    billable_total: 5500,
    by_category: [
      { category: "software", total: 5000, count: 1 },
      { category: "meals", total: 700, count: 2 },
      { category: "travel_transport", total: 200, count: 1 },
    ],
    by_client: [
      { client: "Maple Street Bakery", client_id: clientId, total: 5000, count: 1 },
      { client: "Globex", client_id: otherClientId, total: 300, count: 1 },
    ],
  };
}

function month(name: string, key: string, amounts: number[]) {
  const [invoiced, collected, expenses, profit] = amounts;
  return { month: name, month_key: key, invoiced, collected, expenses, profit };
}
