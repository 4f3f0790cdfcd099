import type { Sql } from "../../src/db/client.ts";
import { generateBySet, type BenchNight } from "./set-based.ts";

/** The night that all sides run. */
export const NIGHT: BenchNight = {
  businessDate: "2026-03-01",
  at: new Date("2026-03-01T02:00:00Z"),
};
/** The one before, whose invoices are there already. */
const NIGHT_BEFORE: BenchNight = {
  businessDate: "2026-02-01",
  at: new Date("2026-02-01T02:00:00Z"),
};
export const COMPANIES = 200;
const LINES_PER_SERIES = 3;

/** What the data of the night benchmark look like, told beside its figures. */
export const NIGHT_DATA =
  "200 companies alike in size, one client per series, monthly series with last month's invoices there, " +
  "3 lines each (two taxed 8.25 %, whole and broken quantities), no discounts, no placeholders, no mails";

/**
 * Fills a migrated, empty database with companies and series that are due, and last month's invoices
 * of them, and gathers statistics as autovacuum would have long before the night.
 */
export async function seedNight(sql: Sql, seriesCount: number): Promise<void> {
  await insertCompanies(sql);
  await insertClients(sql, seriesCount);
  await insertSeries(sql, seriesCount);
  await insertLines(sql);
  for (let id = 1; id <= COMPANIES; id += 1) await generateBySet(sql, [id], NIGHT_BEFORE);
  // The relay has been here long ago.
  await sql`truncate event_outbox`;
  await sql`vacuum (analyze)`;
}

async function insertCompanies(sql: Sql): Promise<void> {
  await sql`
    insert into companies (name, plan, created_at, updated_at)
    select 'Company ' || n, 'enterprise', '2025-01-01', '2025-01-01'
    from generate_series(1, ${COMPANIES}::int) as n
  `;
}

/** In turn for each company, so that its rows lie among those of all others, as they do in life. */
async function insertClients(sql: Sql, count: number): Promise<void> {
  await sql`
    insert into clients (company_id, name, email, currency, created_at, updated_at)
    select
      1 + n % ${COMPANIES}::int, 'Client ' || n, 'client-' || n || '@bench.test', 'USD',
      '2025-01-01', '2025-01-01'
    from generate_series(0, ${count}::int - 1) as n
  `;
}

async function insertSeries(sql: Sql, count: number): Promise<void> {
  await sql`
    insert into recurring_invoices (
      company_id, client_id, title, frequency, start_date, anchor_date, next_k, next_generate_date,
      occurrences_generated, currency, payment_terms, notes, created_at, updated_at
    )
    select
      company_id, id, 'Retainer', 'monthly', '2025-09-01', '2025-09-01', 5, ${NIGHT_BEFORE.businessDate}, 5,
      currency, 30, 'Thank you for your business.', '2025-09-01', '2025-09-01'
    from clients
    order by id
    limit ${count}
  `;
}

async function insertLines(sql: Sql): Promise<void> {
  await sql`
    insert into recurring_invoice_lines (
      company_id, recurring_invoice_id, description, quantity, unit_price, tax_name_1, tax_rate_1,
      sort_order, created_at, updated_at
    )
    select
      r.company_id, r.id, 'Line ' || n || ' of the retainer',
      (array[1, 2.5, 0.3333])[n + 1],
      1000 + (r.id * (7 + n)) % 90000 + n * 0.125,
      case when n < 2 then 'VAT' end, case when n < 2 then 825 end, n, '2025-09-01', '2025-09-01'
    from recurring_invoices r
    cross join generate_series(0, ${LINES_PER_SERIES}::int - 1) as n
    order by r.id, n
  `;
}
