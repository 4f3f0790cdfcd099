import { expect, test } from "vitest";
import { runNight } from "../../../src/jobs/billing/night.ts";
import { line, type Invoicing } from "../invoices/start-invoicing.ts";
import { spendExample, stages, startWorkedExample, workExample } from "./worked-example.ts";

test("reports agree with each other, whatever the books went through", async () => {
  const example = await startWorkedExample();
  const { read, call, expectCall, issued, clientId, euroClientId } = example;
  const { ours } = await workExample(example);
  await spendExample(example);
  await trouble(example, { ours });

  const year = "start_date=2025-01-01&end_date=2026-12-31";
  const of = async (name: string, query = year) => await read(`/reports/${name}?${query}`);
  const [summary, tax, liability, income, compared] = [
    await of("summary"),
    await of("tax"),
    await of("tax-liability"),
    await of("income"),
    await of("billed-vs-collected"),
  ];
  const [tasks, daily, sheet, projects, tags, coverage] = [
    await of("task-time"),
    await of("daily-time"),
    await of("timesheet"),
    await of("project-time-breakdown"),
    await of("tag-time-breakdown"),
    await of("billing-coverage"),
  ];
  const [owed, unpaid, collections, wip, pipeline] = [
    await of("receivables", ""),
    await of("unpaid-invoices", "per_page=100"),
    await of("collections", ""),
    await of("unbilled-wip", ""),
    await of("billing-pipeline", ""),
  ];
  const profit = await of("profit-loss");
  const invoices = await of("invoice-summary");
  const stats = (await read("/dashboard/stats")).data;

  const currencies = summary.data.map((row: { currency: string }) => row.currency);
  expect(currencies).toEqual(["USD", "EUR", "JPY"]);
  for (const row of summary.data) {
    const { currency } = row;
    const sum = (report: { data: Record<string, unknown>[] }, key: string): number =>
      report.data
        .filter((each) => each["currency"] === currency)
        .reduce((total, each) => total + Number(each[key]), 0);
    const stage = (name: string): number => stages(pipeline, currency)[name]?.[1] ?? 0;
    const books = profit.by_currency[currency]?.summary ?? {
      total_invoiced: 0,
      total_collected: 0,
    };
    expect({ currency, ...row }).toEqual({
      currency,
      invoiced: sum(liability, "invoiced"),
      tax: sum(tax, "tax"),
      collected: sum(income, "income"),
      expenses: sum(liability, "expenses"),
      expense_tax: sum(liability, "expense_tax"),
      outstanding: sum(owed, "outstanding"),
      overdue: sum(collections, "overdue"),
      unbilled_time: sum(wip, "time_amount"),
      unbilled_expenses: sum(wip, "expense_amount"),
    });
    expect(sum(liability, "tax")).toBe(row.tax);
    expect(sum(unpaid, "amount_due")).toBe(row.outstanding);
    expect(sum(compared, "billed")).toBe(row.invoiced);
    expect(sum(compared, "collected")).toBe(row.collected);
    expect(books.total_invoiced).toBe(row.invoiced);
    expect(books.total_collected).toBe(row.collected);
    expect(invoices.totals_by_currency[currency].total_invoiced).toBe(row.invoiced);
    expect(stats.outstanding_by_currency[currency] ?? 0).toBe(row.outstanding);
    expect(stats.overdue_by_currency[currency] ?? 0).toBe(row.overdue);
    expect(stats.unbilled_amount_by_currency[currency] ?? 0).toBe(row.unbilled_time);
    expect(stage("unbilled")).toBe(row.unbilled_time + row.unbilled_expenses);
    expect(stage("sent") + stage("overdue")).toBe(row.outstanding);
    const ages = ["not_due", "days_1_30", "days_31_60", "days_61_90", "days_90_plus"];
    expect(ages.reduce((total, key) => total + sum(owed, key), 0)).toBe(row.outstanding);
    for (const key of ["amount", "seconds", "billable_seconds", "billed_seconds", "entry_count"]) {
      expect(sum(projects, key)).toBe(sum(tasks, key));
      expect(sum(coverage, key)).toBe(sum(tasks, key));
      expect(tasks.meta.totals_by_currency[currency]?.[key] ?? 0).toBe(sum(tasks, key));
    }
    expect(sum(coverage, "billed_amount") + sum(coverage, "unbilled_amount")).toBe(
      sum(tasks, "amount"),
    );
  }
  // Time has no currency: its reports come to the same whatever they are split by.
  const { time } = summary.meta;
  expect(daily.meta.totals).toEqual(time);
  expect(sheet.meta.totals).toEqual(time);
  expect(tags.meta.totals).toEqual(time);
  for (const report of [tasks, projects, coverage, sheet, daily]) {
    const seconds = report.data.map((row: { seconds: number }) => row.seconds);
    expect(seconds.reduce((total: number, each: number) => total + each, 0)).toBe(time.seconds);
  }
  // What was refunded and reopened, credited, waived, disputed and voided is in there.
  expect(income.data[0].refunded).toBe(2500);
  expect(owed.meta.totals_by_currency.USD.disputed).toBeGreaterThan(0);
  expect(tax.data.length).toBeGreaterThan(4);

  // The free plan has neither these nor the figures in them; the others stay.
  await example.sql`update companies set plan = 'free'`;
  // Who a caller is and what the company may is remembered for a moment.
  example.clock.advanceMs(60_000);
  for (const name of [
    "receivables",
    "unbilled-wip",
    "collections",
    "client-health",
    "billing-pipeline",
    "billing-coverage",
    "unpaid-invoices",
    "billed-vs-collected",
    "tax-liability",
  ]) {
    const reply = await call("GET", `/reports/${name}`);
    expect({ name, status: reply.status, ...reply.body }).toMatchObject({
      name,
      status: 403,
      code: "upgrade_required",
      upgrade_required: true,
      message: "Reports on billing require a Starter plan. Please upgrade.",
    });
  }
  expect(await of("summary")).toEqual(summary);
  expect((await call("GET", "/reports/timesheet")).status).toBe(200);

  /** What makes figures differ where they are worked out in different ways. */
  async function trouble(invoicing: Invoicing, { ours: project }: { ours: number }) {
    const vat = (await expectCall(201, "POST", "/tax-rates", { name: "VAT", rate: 1999 })).id;
    const whole = await issued({
      tax_type: "summary",
      tax_rate_ids: [vat],
      issue_date: "2026-02-03",
      due_date: "2026-02-20",
      line_items: [line("Whole", 3, 3333), line("Piece", 1, 99)],
    });
    await invoicing.sql`update companies set tax_rounding = 'per_invoice'`;
    const fine = [1, 2, 3].map((n) => line(`${n}`, 1, 5, { tax_name: "Tenth", tax_rate: 10 }));
    await issued({ issue_date: "2026-03-05", due_date: "2026-03-06", line_items: fine });
    // A late fee, with tax on it, on all that is late.
    const fees = { late_fee_type: "percentage", late_fee_value: 150, late_fee_days: 5 };
    const feeTax = { late_fee_tax_name: "GST", late_fee_tax_rate: 1500 };
    await expectCall(200, "PUT", "/settings/late-fees", { ...fees, ...feeTax });
    const { sql, clock, companyId } = invoicing;
    const { report } = await runNight(
      { sql, clock, signal: new AbortController().signal },
      { companyId, businessDate: "2026-03-31" },
    );
    expect(report?.fees.count).toBeGreaterThan(1);
    const refunded = await issued({ issue_date: "2026-03-01", due_date: "2026-03-20" });
    await expectCall(200, "POST", `/invoices/${refunded.id}/mark-paid`);
    const [payment] = await expectCall(200, "GET", `/invoices/${refunded.id}/payments`);
    await expectCall(201, "POST", `/payments/${payment.id}/refund`, {
      amount: 2500,
      refund_date: "2026-04-01",
    });
    const yen = await issued({
      client_id: euroClientId,
      currency: "JPY",
      line_items: [line("Yen", 1, 777, { tax_name: "JCT", tax_rate: 10 })],
    });
    // Too much: the rest is a credit, which pays for something else.
    const pay = { amount: 1000, payment_date: "2026-03-31" };
    await expectCall(200, "POST", `/invoices/${yen.id}/record-payment`, pay);
    const over = { amount: 15_000, payment_date: "2026-03-30" };
    const paid = await issued({ issue_date: "2026-03-10", due_date: "2026-03-30" });
    await expectCall(200, "POST", `/invoices/${paid.id}/record-payment`, over);
    const credits = await expectCall(200, "GET", "/credits");
    const credit = credits.find((each: { currency: string }) => each.currency === "USD");
    await expectCall(200, "POST", `/credits/${credit.id}/apply`, {
      invoice_id: whole.id,
      amount: 1234,
    });
    await invoicing.sql`update invoices set is_disputed = true where id = ${whole.id}`;
    const voided = await issued({ client_id: clientId });
    await expectCall(200, "POST", `/invoices/${voided.id}/void`);
    // Work of no client, with a rate that no int8 would hold the product of, and some that was deleted.
    const gone = await expectCall(201, "POST", "/time-entries", {
      project_id: project,
      service_id: example.serviceId,
      date: "2026-03-03",
      duration: 77,
    });
    await expectCall(204, "DELETE", `/time-entries/${gone.id}`);
    await invoicing.sql`
      insert into time_entries (
        company_id, user_id, date, duration, hourly_rate, created_at, updated_at
      )
      values (${invoicing.companyId}, ${invoicing.userId}, '2026-03-03', 100000, 1000000000000, now(), now())
    `;
  }
});
