import { expect, test } from "vitest";
import type { Sql } from "../../../src/db/client.ts";
import { runNight } from "../../../src/jobs/billing/night.ts";
import { eventually } from "../../support/eventually.ts";
import { insertClient, insertCompany, insertReminder } from "../../support/records.ts";
import { setup } from "../../support/setup.ts";

/** Rows of a table that were read by reading all of it. */
async function countReadAll(sql: Sql, table: string): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select seq_tup_read::int as count from pg_stat_user_tables where relname = ${table}
  `;
  return row!.count;
}

test("what a chunk of reminders costs does not grow with the ledger of all before", async () => {
  const { sql, clock } = await setup({ now: "2026-03-12T02:00:00Z", connectionsMax: 1 });
  const companyId = await insertCompany(sql);
  const clientId = await insertClient(sql, companyId);
  for (const [index, daysOffset] of [-3, 1].entries()) {
    await insertReminder(sql, companyId, { reminderNumber: index + 1, daysOffset });
  }
  await sql`
    insert into invoices (
      company_id, client_id, invoice_number, status, issue_date, due_date, currency, subtotal, total,
      sent_at, created_at, updated_at
    )
    select ${companyId}, ${clientId}, 'OLD-' || n, case when n > 60000 then 'sent' else 'paid' end,
      '2026-02-01', '2026-03-11', 'USD', 10000, 10000, '2026-02-01', '2026-02-01', '2026-02-01'
    from generate_series(1, 63000) as n
  `;
  await sql`
    insert into invoice_reminders (
      company_id, invoice_id, reminder_id, due_date, status, business_date, created_at, updated_at
    )
    select i.company_id, i.id, r.id, i.due_date, 'sent', '2026-03-08', '2026-03-08', '2026-03-08'
    from invoices i join payment_reminders r using (company_id) where i.status = 'paid'
  `;
  await sql`analyze`;
  const before = await countReadAll(sql, "invoice_reminders");
  const deps = { sql, clock, signal: new AbortController().signal };
  const { report } = await runNight(deps, { companyId, businessDate: "2026-03-12" });
  expect(report?.reminders).toMatchObject({ queued: 3_000, superseded: 3_000 });
  await sql`select pg_stat_force_next_flush()`;
  const after = await eventually(async () => await countReadAll(sql, "invoice_reminders"));
  expect(after - before).toBeLessThan(10_000);
});
