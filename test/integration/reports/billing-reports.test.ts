import { expect, test } from "vitest";
import { spendExample, stages, startWorkedExample, workExample } from "./worked-example.ts";

test("the worked example: what is owed, what came in, tax, and what is on its way", async () => {
  const example = await startWorkedExample();
  const { read, clientId, euroClientId, partlyPaid, dueYesterday, ofToday, inEuros } = example;
  await workExample(example);
  await spendExample(example);
  const maple = { client_id: clientId, client_name: "Maple Street Bakery" };
  const globex = { client_id: euroClientId, client_name: "Globex" };
  const today = { as_of: "2026-04-01", currency: "USD" };
  const year = { period: { start: "2026-01-01", end: "2026-12-31" }, currency: "USD" };

  const owed = {
    invoice_count: 3,
    outstanding: 92_000,
    not_due: 7000,
    days_1_30: 20_000,
    days_31_60: 65_000,
    days_61_90: 0,
    days_90_plus: 0,
    overdue: 85_000,
    disputed: 0,
  };
  const inOrder = { outstanding: 10_679, not_due: 10_679, overdue: 0 };
  const receivables = await read("/reports/receivables");
  expect(receivables.data).toEqual([
    { ...maple, currency: "USD", ...owed, oldest_due_date: "2026-02-09" },
    expect.objectContaining({ ...globex, currency: "EUR", ...inOrder }),
  ]);
  expect(receivables.meta).toMatchObject({ ...today, totals_by_currency: { USD: owed } });

  const unpaid = await read("/reports/unpaid-invoices");
  expect(unpaid.data).toEqual([
    unpaidRow(partlyPaid, { ...maple, status: "partial", days_overdue: 51, amount_paid: 50_000 }),
    unpaidRow(dueYesterday, { ...maple, days_overdue: 1 }),
    unpaidRow(ofToday, maple),
    unpaidRow(inEuros, globex),
  ]);
  expect(unpaid.meta).toMatchObject({
    ...today,
    total: 4,
    per_page: 25,
    totals_by_currency: {
      USD: { invoice_count: 3, outstanding: 92_000, overdue: 85_000 },
      EUR: { invoice_count: 1, outstanding: 10_679, overdue: 0 },
    },
  });
  const late = await read(`/reports/unpaid-invoices?is_overdue=true&client_id=${clientId}`);
  expect(late.data).toEqual(unpaid.data.slice(0, 2));
  const notLate = await read("/reports/unpaid-invoices?is_overdue=false&limit=1&offset=1");
  expect(notLate.data).toEqual([unpaid.data[3]]);

  const collections = await read("/reports/collections");
  expect(collections.data).toEqual([
    {
      ...maple,
      client_email: "books@maple.example",
      currency: "USD",
      invoice_count: 2,
      overdue: 85_000,
      disputed: 0,
      oldest_due_date: "2026-02-09",
      days_overdue: 51,
      reminders_sent: 0,
      last_reminder_at: null,
    },
  ]);

  const health = await read("/reports/client-health?start_date=2025-01-01&end_date=2026-12-31");
  expect(health.data).toEqual([
    {
      ...maple,
      currency: "USD",
      health: "watch",
      invoice_count: 4,
      invoiced: 152_000,
      // The audit of 31 December was paid on 5 January, whatever day that was recorded.
      paid_count: 1,
      paid_late: 0,
      days_to_pay: 5,
      last_issue_date: "2026-04-01",
      outstanding: 92_000,
      overdue: 85_000,
      days_overdue: 51,
    },
    expect.objectContaining({ ...globex, health: "good", days_to_pay: null, days_overdue: 0 }),
  ]);
  expect(health.meta).toMatchObject({ clients_by_health: { good: 1, watch: 1, at_risk: 0 } });

  const wip = await read("/reports/unbilled-wip");
  const noWork = { entry_count: 0, seconds: 0, hours: "0.0000", time_amount: 0 };
  const noExpense = { expense_count: 0, expense_amount: 0 };
  expect(wip.data).toMatchObject([
    // Ten minutes of last year have no rate.
    { ...maple, entry_count: 4, seconds: 10_043, hours: "2.7897", time_amount: 36_525 },
    { ...maple, project_id: null, ...noWork, expense_count: 1, expense_amount: 5000 },
    { ...globex, currency: "EUR", seconds: 1800, total: 5000, ...noExpense },
    { ...globex, currency: "USD", ...noWork, expense_amount: 300, oldest_date: "2026-04-01" },
    { client_id: null, client_name: null, project_id: null, total: 200 },
  ]);
  expect(wip.meta.totals_by_currency).toMatchObject({
    USD: { time_amount: 36_525, expense_count: 3, expense_amount: 5500, total: 42_025 },
    EUR: { time_amount: 5000, total: 5000 },
  });

  const pipeline = await read("/reports/billing-pipeline");
  expect(stages(pipeline, "USD")).toEqual({
    quoted: [0, 0],
    accepted: [0, 0],
    unbilled: [7, 42_025],
    scheduled: [0, 0],
    draft: [1, 1035],
    sent: [1, 7000],
    overdue: [2, 85_000],
  });
  expect(stages(pipeline, "EUR")).toMatchObject({
    unbilled: [1, 5000],
    draft: [1, 30_000],
    sent: [1, 10_679],
  });
  expect(pipeline.meta).toMatchObject({
    ...today,
    scheduled_until: "2026-05-01",
    totals_by_currency: { USD: 135_060, EUR: 45_679 },
  });

  expect(await read("/reports/income")).toMatchObject({
    data: [
      {
        ...maple,
        currency: "USD",
        payment_count: 2,
        received: 60_000,
        refunded: 0,
        income: 60_000,
        share: 100,
      },
    ],
    meta: { ...year, totals_by_currency: { USD: { payment_count: 2, income: 60_000 } } },
  });

  const tax = await read("/reports/tax");
  expect(tax.data).toEqual([
    taxRow("GST", 1500, "USD", [100_000, 15_000]),
    taxRow("GST", 1500, "EUR", [9090, 1364]),
    taxRow("City", 250, "EUR", [8999, 225]),
  ]);
  expect(tax.meta.totals_by_currency).toEqual({ USD: { tax: 15_000 }, EUR: { tax: 1589 } });

  const liability = await read("/reports/tax-liability");
  expect(liability.data).toEqual([
    // 500.00 of 1,150.00 is paid, and so much of 150.00.
    monthlyTax("2026-01", "USD", [115_000, 15_000, 6522], [0, 0]),
    monthlyTax("2026-02", "EUR", [10_679, 1589, 0], [0, 0]),
    monthlyTax("2026-02", "USD", [0, 0, 0], [5000, 750]),
    monthlyTax("2026-03", "USD", [20_000, 0, 0], [0, 0]),
    monthlyTax("2026-04", "EUR", [0, 0, 0], [1234, 0]),
    monthlyTax("2026-04", "USD", [7000, 0, 0], [900, 0]),
  ]);
  expect(liability.meta.totals_by_currency.USD).toEqual({
    invoiced: 142_000,
    tax: 15_000,
    tax_paid: 6522,
    tax_unpaid: 8478,
    expenses: 5900,
    expense_tax: 750,
    liability: 14_250,
  });

  const compared = await read("/reports/billed-vs-collected");
  expect(compared.data).toHaveLength(24);
  expect(compared.data.slice(0, 3)).toEqual([
    comparedRow("2026-01", [115_000, 10_000, 105_000, 8.7]),
    comparedRow("2026-02", [0, 50_000, -50_000, 0]),
    comparedRow("2026-03", [20_000, 0, 20_000, 0]),
  ]);
  expect(compared.meta.totals_by_currency.USD).toEqual({
    billed: 142_000,
    collected: 60_000,
    difference: 82_000,
    collection_rate: 42.25,
  });

  const summary = await read("/reports/summary");
  expect(summary.data[0]).toEqual({
    currency: "USD",
    invoiced: 142_000,
    tax: 15_000,
    collected: 60_000,
    expenses: 5900,
    expense_tax: 750,
    outstanding: 92_000,
    overdue: 85_000,
    unbilled_time: 36_525,
    unbilled_expenses: 5500,
  });
  expect(summary.data[1]).toMatchObject({ currency: "EUR", invoiced: 10_679, unbilled_time: 5000 });
  expect(summary.meta).toMatchObject({ ...year, ...today, time: { seconds: 20_243 } });
});

// oxlint-disable-next-line typescript/no-explicit-any -- the answer of a route
function unpaidRow(invoice: any, fields: Record<string, unknown>) {
  const paid = Number(fields["amount_paid"] ?? 0);
  return {
    invoice_id: invoice.id,
    invoice_number: invoice.invoice_number,
    status: "sent",
    issue_date: invoice.issue_date.slice(0, 10),
    due_date: invoice.due_date.slice(0, 10),
    days_overdue: 0,
    currency: invoice.currency,
    total: invoice.total,
    amount_paid: 0,
    amount_due: invoice.total - paid,
    is_disputed: false,
    reminders_sent: 0,
    ...fields,
  };
}

function taxRow(name: string, rate: number, currency: string, [taxable, tax]: number[]) {
  const of = { tax_name: name, tax_rate: rate, currency };
  return { ...of, taxable_amount: taxable, tax, invoice_count: 1 };
}

function monthlyTax(
  month: string,
  currency: string,
  [invoiced, tax, paid]: [number, number, number],
  [expenses, expenseTax]: [number, number],
) {
  return {
    month,
    currency,
    invoiced,
    tax,
    tax_paid: paid,
    tax_unpaid: tax - paid,
    expenses,
    expense_tax: expenseTax,
    liability: tax - expenseTax,
  };
}

function comparedRow(month: string, [billed, collected, difference, rate]: number[]) {
  return { month, currency: "USD", billed, collected, difference, collection_rate: rate };
}

test("an invoice that a credit settled late was paid late, whatever was paid before in time", async () => {
  const { read, clientId, issued, expectCall } = await startWorkedExample();
  const { id } = await issued({
    issue_date: "2026-01-10",
    due_date: "2026-02-09",
    line_items: [{ description: "Design", quantity: 1, unit_price: 100_000 }],
  });
  const payment = { amount: 10_000, payment_date: "2026-01-12" };
  await expectCall(201, "POST", `/invoices/${id}/payments`, payment);
  const given = { client_id: clientId, type: "credit_note", amount: 90_000, date: "2026-03-01" };
  const credit = await expectCall(201, "POST", "/credits", given);
  const use = { invoice_id: id, amount: 90_000 };
  await expectCall(200, "POST", `/credits/${credit.id}/apply`, use);
  const { data } = await read("/reports/client-health?start_date=2026-01-10&end_date=2026-01-10");
  // From 10 January to 1 April in Auckland, when the credit was used.
  expect(data[0]).toMatchObject({ paid_count: 1, paid_late: 100, days_to_pay: 81 });
});
