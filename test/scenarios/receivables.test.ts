import { expect, test } from "vitest";
import { openCompany } from "../support/company.ts";
import { startPlatform } from "../support/platform.ts";
import { describeWithData, readCsv } from "../support/shared-data.ts";
import { setup } from "../support/setup.ts";

const DAY_MS = 86_400_000;

/** "1/26/2013" → "2013-01-26". */
function isoDate(text: string): string {
  const [month, day, year] = text.split("/");
  return `${year}-${month!.padStart(2, "0")}-${day!.padStart(2, "0")}`;
}

describeWithData("data/accounts-receivable.csv", (path) => {
  test("two years of receivables get their reminders, fees and payments, one email each", async () => {
    const rows = (await readCsv(path)).map((row) => ({
      customer: row["customerID"]!,
      invoiced: isoDate(row["InvoiceDate"]!),
      due: isoDate(row["DueDate"]!),
      settled: isoDate(row["SettledDate"]!),
      cents: Math.round(Number(row["InvoiceAmount"]) * 100),
    }));
    expect(rows).toHaveLength(2_466);
    const platform = await startPlatform(await setup());
    const company = await openCompany(platform, {
      timezone: "UTC",
      currency: "USD",
      testClock: "2011-12-31T12:00:00Z",
    });
    for (const [index, daysOffset] of [-3, 1, 7].entries()) {
      await company.post("/settings/reminders", {
        reminder_number: index + 1,
        days_offset: daysOffset,
      });
    }
    await company.put("/settings/late-fees", {
      late_fee_type: "flat",
      late_fee_value: 2_500,
      late_fee_days: 5,
    });
    const clients = new Map<string, number>();
    for (const customer of new Set(rows.map((row) => row.customer))) {
      const email = `${customer.toLowerCase()}@receivables.test`;
      clients.set(customer, (await company.post("/clients", { name: customer, email })).id);
    }

    const invoiceIds = new Map<number, number>();
    const end = Date.UTC(2014, 0, 31, 12);
    for (let noon = Date.UTC(2012, 0, 1, 12); noon <= end; noon += DAY_MS) {
      await company.advance(new Date(noon));
      const today = new Date(noon).toISOString().slice(0, 10);
      for (const [index, row] of rows.entries()) {
        if (row.invoiced === today) {
          const invoice = await company.post("/invoices", {
            client_id: clients.get(row.customer),
            issue_date: row.invoiced,
            due_date: row.due,
            line_items: [{ description: "As agreed", quantity: 1, unit_price: row.cents }],
          });
          await company.post(`/invoices/${invoice.id}/mark-sent`);
          invoiceIds.set(index, invoice.id);
        }
      }
      for (const [index, row] of rows.entries()) {
        if (row.settled === today) {
          await company.post(`/invoices/${invoiceIds.get(index)}/mark-paid`);
        }
      }
    }

    const [facts] = await platform.sql`
      select
        count(*) filter (where overdue_on is not null)::int as overdue,
        count(*) filter (where status = 'paid')::int as paid,
        sum(amount_paid)::text as amount_paid, sum(late_fee_amount)::text as fees,
        count(*) filter (where late_fee_amount > 0)::int as fee_count
      from invoices where company_id = ${company.id}
    `;
    expect(facts).toEqual({
      overdue: 877,
      paid: 2_466,
      amountPaid: "16192818",
      fees: "1422500",
      feeCount: 569,
    });
    const reminders = await platform.sql`
      select r.days_offset, count(*)::int as count
      from invoice_reminders x
      join payment_reminders r on r.company_id = x.company_id and r.id = x.reminder_id
      where x.company_id = ${company.id} and x.status = 'sent'
      group by 1 order by 1
    `;
    expect(reminders).toEqual([
      { daysOffset: -3, count: 1_168 },
      { daysOffset: 1, count: 877 },
      { daysOffset: 7, count: 513 },
    ]);
    // Counted at the mail server: one email for each reminder, none twice.
    const messageIds = platform.mail.mails.map((mail) => mail.messageId);
    expect(messageIds).toHaveLength(1_168 + 877 + 513);
    expect(new Set(messageIds).size).toBe(messageIds.length);
  });
});
