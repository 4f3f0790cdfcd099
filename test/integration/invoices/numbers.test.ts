import { expect, test } from "vitest";
import { takeNumbers } from "../../../src/actions/take-numbers.ts";
import type { Sql } from "../../../src/db/client.ts";
import { joinInvoicing, startInvoicing } from "./start-invoicing.ts";

test("E1: 100 parallel creations get 100 numbers in a row", async () => {
  const { draft } = await startInvoicing();
  const first = await draft();
  const invoices = await Promise.all(Array.from({ length: 100 }, () => draft()));
  const numbers = invoices.map((invoice) => String(invoice.invoice_number));
  expect(first.invoice_number).toBe("INV-00001");
  expect(new Set(numbers)).toEqual(
    new Set(Array.from({ length: 100 }, (_, index) => `INV-${String(index + 2).padStart(5, "0")}`)),
  );
});

test("E3: a voided invoice keeps its number, and nobody else ever gets it", async () => {
  const { issued, draft, expectCall } = await startInvoicing();
  const { id, invoice_number: number } = await issued();
  expect(await expectCall(200, "POST", `/invoices/${id}/void`)).toMatchObject({
    status: "cancelled",
    invoice_number: number,
  });
  await expectCall(204, "DELETE", `/invoices/${id}`);
  expect((await draft()).invoice_number).toBe("INV-00002");
});

test("E9: a company that is taking numbers lets another one take its own", async () => {
  const ours = await startInvoicing();
  const theirs = await joinInvoicing(ours);
  await ours.draft();
  await ours.sql.begin(async (tx) => {
    // Our counter is locked until this transaction ends; theirs is not.
    await takeNumbers(tx, { id: ours.companyId, invoicePrefix: "INV-" }, 1);
    expect((await theirs.draft()).invoice_number).toBe("INV-00001");
  });
});

test("a creation that fails after its number was taken leaves no gap", async () => {
  const { sql, companyId, draft, clientId } = await startInvoicing();
  await draft();
  await expect(
    sql.begin(async (tx) => {
      const numbers = await takeNumbers(tx, { id: companyId, invoicePrefix: "INV-" }, 1);
      expect(numbers).toEqual(["INV-00002"]);
      throw new Error("too late");
    }),
  ).rejects.toThrow("too late");
  expect(await draft({ client_id: clientId })).toMatchObject({ invoice_number: "INV-00002" });
});

test("numbers that invoices already have are passed over, and leave no gap behind them", async () => {
  const { sql, companyId, draft } = await startInvoicing();
  const invoices = await Promise.all([draft(), draft(), draft()]);
  await renumber(sql, invoices[0].id, "INV-00005");
  await renumber(sql, invoices[1].id, "INV-00006");
  await renumber(sql, invoices[2].id, "INV-00009");

  const company = { id: companyId, invoicePrefix: "INV-" };
  const take = async (count: number) => await sql.begin((tx) => takeNumbers(tx, company, count));
  expect(await take(3)).toEqual(["INV-00004", "INV-00007", "INV-00008"]);
  expect(await take(0)).toEqual([]);
  expect(await take(1)).toEqual(["INV-00010"]);
  expect((await draft()).invoice_number).toBe("INV-00011");
});

test("a long row of imported numbers is passed over in few looks", async () => {
  const { sql, companyId, draft } = await startInvoicing();
  const { id } = await draft();
  await sql`
    insert into invoices (company_id, client_id, invoice_number, issue_date, due_date, currency, created_at, updated_at)
    select company_id, client_id, 'INV-' || lpad(n::text, 5, '0'), issue_date, due_date, currency, created_at, updated_at
    from invoices, generate_series(2, 4000) n
    where company_id = ${companyId} and id = ${id}
  `;
  expect((await draft()).invoice_number).toBe("INV-04001");
  expect((await draft()).invoice_number).toBe("INV-04002");
});

test("numbers grow past five digits", async () => {
  const { sql, companyId, draft } = await startInvoicing();
  await sql`
    insert into counters (company_id, kind, next_value) values (${companyId}, 'invoice', 99999)
    on conflict (company_id, kind) do update set next_value = excluded.next_value
  `;
  expect((await draft()).invoice_number).toBe("INV-99999");
  expect((await draft()).invoice_number).toBe("INV-100000");
});

async function renumber(sql: Sql, id: number, number: string): Promise<void> {
  await sql`update invoices set invoice_number = ${number} where id = ${id}`;
}
