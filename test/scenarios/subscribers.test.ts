import { expect, test } from "vitest";
import { openCompany } from "../support/company.ts";
import { inParallel } from "../support/in-parallel.ts";
import { startPlatform } from "../support/platform.ts";
import { describeWithData, readCsv } from "../support/shared-data.ts";
import { setup } from "../support/setup.ts";

/** Contract → how the series runs, and how many months of charges one invoice holds. */
const TERMS: Record<string, { frequency: string; months: number }> = {
  "Month-to-month": { frequency: "monthly", months: 1 },
  "One year": { frequency: "quarterly", months: 3 },
  "Two year": { frequency: "yearly", months: 12 },
};

/** The nights of 2026, each seen from noon of its day in Chicago. */
const NOONS = Array.from({ length: 365 }, (_, day) => new Date(Date.UTC(2026, 0, 1 + day, 18)));

describeWithData("data/subscribers.csv", (path) => {
  test("a year of nights bills 7,043 subscribers to the cent, without a gap in the numbers", async () => {
    const subscribers = await readCsv(path);
    expect(subscribers).toHaveLength(7_043);
    const platform = await startPlatform(await setup());
    const company = await openCompany(platform, {
      timezone: "America/Chicago",
      currency: "USD",
      testClock: "2025-12-31T18:00:00Z",
    });

    await inParallel(subscribers.entries(), 12, async ([index, row]) => {
      const { frequency, months } = TERMS[row["Contract"]!]!;
      const client = await company.post("/clients", { name: row["customerID"] });
      const cents = Math.round(Number(row["MonthlyCharges"]) * 100) * months;
      await company.post("/recurring-invoices", {
        client_id: client.id,
        title: row["Contract"],
        frequency,
        start_date: `2026-01-${String((index % 31) + 1).padStart(2, "0")}`,
        auto_send: false,
        catch_up: "all",
        line_items: [{ description: "Telephone and internet", quantity: 1, unit_price: cents }],
      });
    });
    for (const noon of NOONS) await company.advance(noon);

    const months = await platform.sql<{ month: string; count: number; amount: string }[]>`
      select to_char(issue_date, 'YYYY-MM') as month, count(*)::int as count, sum(total)::text as amount
      from invoices where company_id = ${company.id}
      group by 1 order by 1
    `;
    const month = (name: string) => months.find((row) => row.month === name);
    expect(month("2026-01")).toMatchObject({ count: 7_043, amount: "178081415" });
    expect(month("2026-02")).toMatchObject({ count: 3_875, amount: "25729415" });
    expect(month("2026-04")).toMatchObject({ count: 5_348, amount: "54474395" });
    expect(months.reduce((sum, row) => sum + row.count, 0)).toBe(54_087);
    expect(months.reduce((sum, row) => sum + BigInt(row.amount), 0n)).toBe(547_339_920n);

    const [endOfFebruary] = await platform.sql`
      select count(*)::int as count from invoices
      where company_id = ${company.id} and issue_date = '2026-02-28'
    `;
    expect(endOfFebruary).toEqual({ count: 500 });
    const numbers = await platform.sql<{ number: string }[]>`
      select invoice_number as number from invoices where company_id = ${company.id} order by id
    `;
    const expected = numbers.map((_, index) => `INV-${String(index + 1).padStart(5, "0")}`);
    expect(numbers.map((row) => row.number).toSorted()).toEqual(expected.toSorted());

    // Any night again: nothing is added.
    for (const date of ["2026-01-31", "2026-02-28", "2026-12-31"]) {
      await company.settle(await company.accept("/nights", { business_date: date }));
    }
    expect((await company.list("/invoices?per_page=1")).meta.total).toBe(54_087);
  });
});
