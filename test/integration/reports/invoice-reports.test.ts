import { expect, test } from "vitest";
import { joinInvoicing, line, startInvoicing } from "../invoices/start-invoicing.ts";
import { startWorkedExample } from "./worked-example.ts";

test("the worked example: the dashboard, on the company's day and in each currency", async () => {
  const example = await startWorkedExample();
  const { read, clientId, euroClientId, clock, expectCall, draft } = example;
  expect((await read("/dashboard/stats")).data).toMatchObject({
    outstanding_by_currency: { USD: 92_000, EUR: 10_679 },
    // What was due on 31 March is overdue: it is April there.
    overdue_by_currency: { USD: 85_000, EUR: 0 },
  });

  const { data: chart } = await read("/dashboard/revenue-chart");
  expect(chart).toHaveLength(12);
  expect(chart[0]).toEqual({
    month: "May 2025",
    month_key: "2025-05",
    revenue_by_currency: { USD: 0, EUR: 0 },
  });
  expect(chart.slice(7)).toEqual(
    [
      ["Dec 2025", "2025-12", 10_000, 0],
      ["Jan 2026", "2026-01", 115_000, 0],
      ["Feb 2026", "2026-02", 0, 10_679],
      ["Mar 2026", "2026-03", 20_000, 0],
      ["Apr 2026", "2026-04", 7000, 0],
    ].map(([month, month_key, USD, EUR]) => ({
      month,
      month_key,
      revenue_by_currency: { USD, EUR },
    })),
  );

  // Issued 1 March, 31 days ago in Auckland and 30 in London.
  expect((await read("/dashboard/aging")).data).toEqual({
    USD: {
      overdue_total: 85_000,
      outstanding_total: 7000,
      total: 92_000,
      buckets: buckets(7000, 20_000, 65_000, 0),
    },
    EUR: {
      overdue_total: 0,
      outstanding_total: 10_679,
      total: 10_679,
      buckets: buckets(0, 10_679, 0, 0),
    },
  });
  expect((await read("/dashboard/aging?age_from=due_date")).data.USD.buckets).toEqual(
    buckets(27_000, 65_000, 0, 0),
  );

  expect((await read("/dashboard/revenue-by-client")).data).toEqual({
    year: 2026,
    clients: [
      { client_id: clientId, client_name: "Maple Street Bakery", currency: "USD", total: 142_000 },
      { client_id: euroClientId, client_name: "Globex", currency: "EUR", total: 10_679 },
    ],
  });

  clock.advanceMs(60_000);
  const newest = await draft({ client_id: euroClientId });
  await expectCall(204, "POST", `/invoices/${example.ofToday.id}/archive`);
  const { data: recent } = await read("/dashboard/recent-activity");
  expect(recent[0]).toEqual({
    type: "invoice",
    id: newest.id,
    description: `Invoice ${newest.invoice_number} to Globex`,
    status: "draft",
    amount: 10_000,
    currency: "EUR",
    date: "2026-03-31T12:31:00.000000Z",
  });
  // Neither the archived nor the cancelled one of the eight.
  expect(recent).toHaveLength(6);
});

test("the worked example: aging, tax and invoices of the year", async () => {
  const example = await startWorkedExample();
  const { read, call, clientId, euroClientId } = example;
  const aging = await read("/reports/account-aging");
  const ofDollars = {
    buckets: [
      accountBucket("Current", "0-30 days", 7000, 1),
      accountBucket("31-60 days", "31-60 days", 20_000, 1),
      accountBucket("61-90 days", "61-90 days", 65_000, 1),
      accountBucket("90+ days", "90+ days", 0, 0),
    ],
    total_outstanding: 92_000,
    clients: [
      {
        client_id: clientId,
        client_name: "Maple Street Bakery",
        current: 7000,
        days_31_60: 20_000,
        days_61_90: 65_000,
        days_90_plus: 0,
        total: 92_000,
      },
    ],
  };
  expect(aging).toMatchObject({ currency: "USD", ...ofDollars });
  expect(aging.by_currency.USD).toEqual(ofDollars);
  expect(aging.by_currency.EUR).toMatchObject({
    total_outstanding: 10_679,
    clients: [{ client_id: euroClientId, days_31_60: 10_679, total: 10_679 }],
  });

  // Euros: 8999 and 91 after the discount; 1349.85 and 13.65 of GST, 224.975 of City, each rounded.
  const period = { start: "2026-01-01", end: "2026-12-31" };
  expect(await read("/reports/tax-summary")).toEqual({
    period,
    currency: "USD",
    taxes: [tax("GST", 1500, 100_000, 15_000)],
    total_tax_collected: 15_000,
    by_currency: {
      USD: { taxes: [tax("GST", 1500, 100_000, 15_000)], total_tax_collected: 15_000 },
      EUR: {
        taxes: [tax("GST", 1500, 9090, 1364), tax("City", 250, 8999, 225)],
        total_tax_collected: 1589,
      },
    },
  });
  expect(
    await read("/reports/tax-summary?start_date=2026-01-11&end_date=2026-02-14"),
  ).toMatchObject({ period: { start: "2026-01-11", end: "2026-02-14" }, taxes: [] });

  const summary = await read("/reports/invoice-summary");
  expect(summary).toEqual({
    period,
    currency: "USD",
    totals_by_currency: {
      USD: {
        total_invoiced: 142_000,
        total_paid: 50_000,
        total_outstanding: 7000,
        total_overdue: 85_000,
        invoice_count: 3,
      },
      EUR: {
        total_invoiced: 10_679,
        total_paid: 0,
        total_outstanding: 10_679,
        total_overdue: 0,
        invoice_count: 1,
      },
    },
    by_status: {
      draft: { count: 1, total: 1035 },
      sent: { count: 2, total: 27_000 },
      partial: { count: 1, total: 115_000 },
      cancelled: { count: 1, total: 920 },
    },
    by_client: [
      ofClient(clientId, "Maple Street Bakery", "USD", [142_000, 50_000, 92_000]),
      ofClient(euroClientId, "Globex", "EUR", [10_679, 0, 10_679]),
    ],
    by_currency: {
      USD: { by_status: summary.by_status },
      EUR: { by_status: { sent: { count: 1, total: 10_679 } } },
    },
  });
  const ofGlobex = await read(`/reports/invoice-summary?client_id=${euroClientId}`);
  expect(ofGlobex.totals_by_currency.USD).toMatchObject({ total_invoiced: 0, invoice_count: 0 });
  expect(ofGlobex.by_client.map((row: { currency: string }) => row.currency)).toEqual(["EUR"]);
  const lastYear = await read(
    "/reports/invoice-summary?start_date=2025-01-01T10:00:00&end_date=2025-12-31",
  );
  expect(lastYear.by_status).toEqual({ paid: { count: 1, total: 10_000 } });

  for (const [query, field] of [
    ["start_date=2026-02-30", "start_date"],
    ["start_date=2026-05-01&end_date=2026-04-30", "end_date"],
    ["start_date=1900-01-01&end_date=2026-01-01", "end_date"],
    ["client_id=Globex", "client_id"],
    ["from=2026-01-01", "from"],
  ]) {
    const reply = await call("GET", `/reports/invoice-summary?${query}`);
    expect({ query, status: reply.status, fields: Object.keys(reply.body.errors) }).toEqual({
      query,
      status: 422,
      fields: [field],
    });
  }
  // Another company has nothing of it, and its own currency all the same.
  const other = await joinInvoicing(example, { currency: "JPY" });
  expect((await other.call("GET", "/reports/account-aging")).body).toMatchObject({
    currency: "JPY",
    total_outstanding: 0,
    clients: [],
    by_currency: { JPY: { total_outstanding: 0 } },
  });
});

test("an invoice that is taxed as a whole is in the tax summary as a whole", async () => {
  const { issued, expectCall, call, sql, companyId } = await startInvoicing();
  const { id } = await issued({ issue_date: "2026-02-01", due_date: "2026-03-01" });
  const rate = await expectCall(201, "POST", "/tax-rates", { name: "VAT", rate: 1999 });
  // 100.00 at 19.99 %.
  await sql`
    insert into invoice_taxes (company_id, invoice_id, position, tax_rate_id, name, rate, amount)
    values (${companyId}, ${id}, 0, ${rate.id}, 'VAT', 1999, 1999)
  `;
  await sql`
    update invoices set tax_type = 'summary', tax_total = 1999, total = 11999
    where company_id = ${companyId} and id = ${id}
  `;
  expect((await call("GET", "/reports/tax-summary")).body).toMatchObject({
    taxes: [tax("VAT", 1999, 10_000, 1999)],
    total_tax_collected: 1999,
  });
});

test("an invoice with a tax as the first of one line and the second of another is counted once, wherever it stands", async () => {
  const { issued, draft, expectCall, call, sql, companyId } = await startInvoicing();
  const gst = { tax_name: "GST", tax_rate: 15 };
  const city = { tax_name: "City", tax_rate: 2.5 };
  const alsoGst = { tax_name_2: "GST", tax_rate_2: 1500 };
  const alsoCity = { tax_name_2: "City", tax_rate_2: 250 };
  const dates = { issue_date: "2026-02-01", due_date: "2026-03-01" };
  const bill = async (...line_items: unknown[]) => await issued({ ...dates, line_items });
  // So many are added up in parts.
  const skipTo = async (id: number) =>
    await sql`select setval(pg_get_serial_sequence('invoices', 'id'), ${id})`;

  const read = async () => (await call("GET", "/reports/tax-summary")).body.taxes;

  await bill(line("Design", 1, 10_000, gst), line("Proofs", 1, 10_000, gst));
  await skipTo(25_000);
  await bill(line("Design", 1, 10_000, gst), line("Fees", 1, 900));
  await draft({ ...dates, line_items: [line("Draft", 1, 10_000, gst)] });
  await skipTo(60_000);
  await bill(line("Print", 1, 10_000, city));
  expect(await read()).toEqual([
    { ...tax("GST", 1500, 30_000, 4500), invoice_count: 2 },
    tax("City", 250, 10_000, 250),
  ]);

  await bill(
    line("Design", 1, 10_000, { ...gst, ...alsoCity }),
    line("Print", 1, 5000, { ...city, ...alsoGst }),
  );
  expect(await read()).toEqual([
    { ...tax("GST", 1500, 45_000, 6750), invoice_count: 3 },
    { ...tax("City", 250, 25_000, 625), invoice_count: 2 },
  ]);

  // Taxed as a whole, with a late fee that is taxed as the whole is.
  const { id } = await bill(line("Late fee", 1, 10_000, gst));
  const rate = await expectCall(201, "POST", "/tax-rates", { name: "GST", rate: 1500 });
  await sql`
    insert into invoice_taxes (company_id, invoice_id, position, tax_rate_id, name, rate, amount)
    values (${companyId}, ${id}, 0, ${rate.id}, 'GST', 1500, 1500)
  `;
  expect(await read()).toEqual([
    { ...tax("GST", 1500, 65_000, 9750), invoice_count: 4 },
    { ...tax("City", 250, 25_000, 625), invoice_count: 2 },
  ]);
});

function tax(name: string, rate: number, taxable: number, collected: number) {
  return {
    tax_name: name,
    tax_rate: rate,
    taxable_amount: taxable,
    tax_collected: collected,
    invoice_count: 1,
  };
}

function ofClient(id: number, name: string, currency: string, amounts: number[]) {
  const [invoiced, paid, outstanding] = amounts;
  return { client_id: id, client_name: name, currency, invoiced, paid, outstanding };
}

function buckets(...amounts: number[]) {
  const labels = ["0-30 Days", "31-60 Days", "61-90 Days", "91+ Days"];
  return labels.map((label, index) => ({ label, amount: amounts[index] }));
}

function accountBucket(label: string, range: string, amount: number, count: number) {
  return { label, range, amount, count };
}
