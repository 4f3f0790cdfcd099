import type { Sql, Tx } from "../../src/db/client.ts";

/** Where the companies' clocks stand: at the end of the third year of the books. */
const NOW = "2026-12-31T12:00:00Z";
const FIRST_DAY = "2024-01-01";
const DAYS = 1096;
/** The year a report is about unless it is told otherwise, and all of the books. */
export const PERIODS = {
  year: ["2026-01-01", "2026-12-31"],
  all: [FIRST_DAY, "2026-12-31"],
} as const;

export const BIG_COMPANY_ID = 1;
export const OWNER_ID = 1;
const OTHER_COMPANIES = 10;
const INVOICES_OF_OTHERS = 10_000;
const INVOICES_PER_CLIENT = 50;
const LINES_PER_INVOICE = 3;
const PROJECTS = 200;
const CATEGORIES = 20;
const TAGS = 10;
const SERVICES = 20;
const PEOPLE = 50;
const ENTRIES_PER_INVOICE = 2;

/** What the books look like, told beside the figures. */
export const BOOKS =
  "one company with all the invoices, 50 to a client on average and 3.7 % of them the largest client's, " +
  "over three years; 80 % paid, 5 % drafts, 5 % overdue, 4 % sent, 2 % each viewed, partly paid, cancelled; " +
  "1 % archived, 0.5 % deleted; 90 % USD, 8 % EUR, 2 % GBP; 3 lines each, a payment of what is paid, " +
  "two time entries each, nine of ten by the one of 50 people who looks after the client, for 20 services, a fifth on one of 200 projects with up to three tags; an " +
  "expense for every tenth, a project for every twentieth, a category for every tenth, a tag on every third; beside it ten companies with 1,000 invoices each";

/**
 * Fills a migrated, empty database with the books of one large company and some small ones, a
 * statement or two for each table. The same number of invoices gives the same rows.
 */
export async function seedBooks(sql: Sql, invoices: number): Promise<void> {
  const clients = Math.ceil(invoices / INVOICES_PER_CLIENT);
  await sql`
    insert into companies (name, plan, test_now, created_at, updated_at)
    select 'Company ' || n, 'enterprise', ${NOW}, '2023-12-01', '2023-12-01'
    from generate_series(1, ${1 + OTHER_COMPANIES}::int) as n
  `;
  await sql.begin(async (tx) => {
    await insertClients(tx, clients);
    await insertFiling(tx);
    await insertInvoices(tx, { invoices, clients });
    // Every row names others that are there; looking each of them up would take longer than all else.
    await tx`set local session_replication_role = replica`;
    await insertLines(tx);
    await insertPayments(tx);
    await insertTags(tx);
    await insertTime(tx);
    await insertExpenses(tx);
  });
  await sql`vacuum (analyze)`;
}

async function insertClients(tx: Tx, count: number): Promise<void> {
  await tx`
    insert into clients (company_id, name, email, currency, created_at, updated_at)
    select
      case when n <= ${count}::int then ${BIG_COMPANY_ID} else 1 + n - ${count}::int end,
      'Client ' || n, 'client-' || n || '@bench.test', 'USD', '2023-12-01', '2023-12-01'
    from generate_series(1, ${count + OTHER_COMPANIES}::int) as n
  `;
}

/** Something to file invoices under. */
async function insertFiling(tx: Tx): Promise<void> {
  await tx`
    insert into projects (company_id, client_id, name, created_at, updated_at)
    select company_id, id, 'Project ' || id, created_at, updated_at
    from clients
    where company_id = ${BIG_COMPANY_ID}
    order by id
    limit ${PROJECTS}
  `;
  await tx`
    insert into categories (company_id, name, created_at, updated_at)
    select ${BIG_COMPANY_ID}, 'Category ' || n, '2023-12-01', '2023-12-01'
    from generate_series(1, ${CATEGORIES}::int) as n
  `;
}

/**
 * Ids are the numbers they are counted by, first the large company's. What looks like chance is
 * arithmetic with primes; the third power gives few clients many invoices.
 */
async function insertInvoices(
  tx: Tx,
  { invoices, clients }: { invoices: number; clients: number },
): Promise<void> {
  const projects = Math.min(PROJECTS, clients);
  await tx`
    insert into invoices (
      company_id, uuid, client_id, invoice_number, status, is_archived, issue_date, due_date,
      currency, subtotal, tax_total, total, amount_paid, notes, project_id, category_id, sent_at,
      paid_at, deleted_at, created_at, updated_at
    )
    select
      company_id, md5(n::text)::uuid, client_id, 'INV-' || lpad(number::text, greatest(5, length(number::text)), '0'), status,
      n * 7919 % 100 = 0 and status in ('paid', 'cancelled'), issue_date, issue_date + 30,
      case when chance % 100 < 90 then 'USD' when chance % 100 < 98 then 'EUR' else 'GBP' end,
      subtotal, tax, subtotal + tax,
      case status when 'paid' then subtotal + tax when 'partial' then (subtotal + tax) / 2 else 0 end,
      'Thank you for your business.',
      case when company_id = ${BIG_COMPANY_ID} and n % 20 = 0 then 1 + n / 20 % ${projects}::int end,
      case when company_id = ${BIG_COMPANY_ID} and n % 10 = 3 then 1 + n / 10 % ${CATEGORIES}::int end,
      case when status <> 'draft' then issued_at + interval '1 hour' end,
      case when status = 'paid' then issued_at + n % 50 * interval '1 day' end,
      case when status in ('draft', 'cancelled') and n % 14 = 0 then issued_at + interval '2 days' end,
      issued_at,
      issued_at + case when status = 'draft' then interval '0' else n % 50 * interval '1 day' end
    from (
      select
        n, number, company_id, client_id, chance,
        case
          when chance < 800 then 'paid' when chance < 850 then 'draft' when chance < 900 then 'overdue'
          when chance < 940 then 'sent' when chance < 960 then 'viewed' when chance < 980 then 'partial'
          else 'cancelled'
        end as status,
        ${FIRST_DAY}::date + day as issue_date,
        ${FIRST_DAY}::date + day + n % 36000 * interval '1 second' as issued_at,
        ${lineAmount(tx, "n", 0)} + ${lineAmount(tx, "n", 1)} + ${lineAmount(tx, "n", 2)} as subtotal,
        ${lineTax(tx, "n", 0)} + ${lineTax(tx, "n", 1)} as tax
      from (
        select
          n, n * 7919 % 1000 as chance,
          case when n <= ${invoices}::int then n else 1 + (n - ${invoices}::int - 1) / ${OTHER_COMPANIES}::int end as number,
          case when n <= ${invoices}::int then ${BIG_COMPANY_ID} else 2 + n % ${OTHER_COMPANIES}::int end as company_id,
          case
            when n <= ${invoices}::int
              then 1 + floor(${clients}::int * power(n * 15485863 % 1000003 / 1000003.0, 3))::int
            else ${clients}::int + 1 + n % ${OTHER_COMPANIES}::int
          end as client_id,
          case
            when n <= ${invoices}::int then (n * ${DAYS}::int8 / (${invoices}::int + 1))::int
            else (n % ${DAYS}::int)::int
          end as day
        from generate_series(1::int8, ${invoices + INVOICES_OF_OTHERS}::int8) as n
      ) as numbered
    ) as dated
    order by n
  `;
}

async function insertLines(tx: Tx): Promise<void> {
  await tx`
    insert into invoice_lines (
      company_id, invoice_id, description, quantity, unit_price, amount, tax_name_1, tax_rate_1,
      tax_amount_1, sort_order, created_at, updated_at
    )
    select
      company_id, id, 'Line ' || line || ' of the retainer', 1, amount, amount,
      case when line < 2 then 'VAT' end, case when line < 2 then 825 end, tax, line,
      created_at, created_at
    from (
      select
        company_id, id, created_at, line,
        case line
          when 0 then ${lineAmount(tx, "id", 0)} when 1 then ${lineAmount(tx, "id", 1)}
          else ${lineAmount(tx, "id", 2)}
        end as amount,
        case line
          when 0 then ${lineTax(tx, "id", 0)} when 1 then ${lineTax(tx, "id", 1)} else 0
        end as tax
      from invoices
      cross join generate_series(0, ${LINES_PER_INVOICE}::int - 1) as line
    ) as priced
    order by id, line
  `;
}

async function insertPayments(tx: Tx): Promise<void> {
  await tx`
    insert into payments (
      company_id, invoice_id, amount, currency, payment_date, created_at, updated_at
    )
    select company_id, id, amount_paid, currency, updated_at::date, updated_at, updated_at
    from invoices
    where amount_paid > 0
    order by invoices.updated_at, id
  `;
}

async function insertTags(tx: Tx): Promise<void> {
  await tx`
    insert into tags (company_id, name, created_at, updated_at)
    select ${BIG_COMPANY_ID}, 'Tag ' || n, '2023-12-01', '2023-12-01'
    from generate_series(1, ${TAGS}::int) as n
  `;
  await tx`
    insert into invoice_tags (company_id, invoice_id, tag_id)
    select company_id, id, 1 + id / 3 % ${TAGS}::int
    from invoices
    where company_id = ${BIG_COMPANY_ID} and id % 3 = 0
    order by id
  `;
}

/** Two entries for each invoice, most of them on it; the largest clients have a project. */
async function insertTime(tx: Tx): Promise<void> {
  await tx`
    insert into users (name, email)
    select 'Person ' || n, 'person-' || n || '@bench.test'
    from generate_series(1, ${PEOPLE}::int) as n
  `;
  await tx`
    insert into company_members (company_id, user_id, role)
    select ${BIG_COMPANY_ID}, id, case when id = ${OWNER_ID} then 'owner' else 'member' end from users
  `;
  await tx`
    insert into services (company_id, name, created_at, updated_at)
    select ${BIG_COMPANY_ID}, 'Service ' || n, '2023-12-01', '2023-12-01'
    from generate_series(1, ${SERVICES}::int) as n
  `;
  await tx`
    insert into project_tags (company_id, project_id, tag_id)
    select company_id, id, 1 + (id + n * 3) % ${TAGS}::int
    from projects
    cross join generate_series(0, 2) as n
    where n < id % 4
  `;
  await tx`
    insert into time_entries (
      company_id, user_id, client_id, project_id, service_id, date, duration, is_billable, is_billed,
      invoice_id, hourly_rate, created_at, updated_at
    )
    select
      company_id, 1 + (client_id + worked % 10 / 9) % ${PEOPLE}::int, client_id,
      case when client_id <= ${PROJECTS}::int then client_id end, 1 + worked % ${SERVICES}::int, issue_date,
      900 + worked * 31 % 28000, worked % 7 <> 0, is_billed, case when is_billed then id end,
      12000 + worked % 5 * 1000, created_at, created_at
    from (
      select
        company_id, id, client_id, issue_date, created_at, worked,
        worked % 7 <> 0 and status not in ('draft', 'cancelled') and deleted_at is null as is_billed
      from (
        select *, id * ${ENTRIES_PER_INVOICE}::int + n as worked
        from invoices
        cross join generate_series(0, ${ENTRIES_PER_INVOICE}::int - 1) as n
        where company_id = ${BIG_COMPANY_ID}
      ) as numbered
    ) as worked
    order by worked
  `;
}

async function insertExpenses(tx: Tx): Promise<void> {
  await tx`
    insert into expenses (
      company_id, user_id, client_id, category, vendor, amount, currency, tax_amount, expense_date,
      is_billable, created_at, updated_at
    )
    select
      company_id, 1 + id % 50, client_id, (array['software', 'meals', 'rent', 'equipment'])[1 + id / 10 % 4],
      'Vendor ' || id % 1000, 500 + id * 37 % 40000, currency, id % 900, issue_date, id % 3 = 0,
      created_at, created_at
    from invoices
    where company_id = ${BIG_COMPANY_ID} and id % 10 = 5
    order by id
  `;
}

/** Minor units of a line of invoice number `column`. */
function lineAmount(tx: Tx, column: string, line: number) {
  return tx`(1000 + (${tx(column)} * ${7 + line}::int + ${line * 131}::int) % 90000)`;
}

/** At 8.25 %, rounded half away from zero. */
function lineTax(tx: Tx, column: string, line: number) {
  return tx`round(${lineAmount(tx, column, line)} * 0.0825)::int8`;
}
