import { expect, test } from "vitest";
import {
  dumpSchema,
  listColumns,
  listForeignKeys,
  type ColumnRow,
  type ForeignKeyRow,
} from "../support/schema-dump.ts";
import { setup } from "../support/setup.ts";

test("the migrations come to the schema that is written down", async () => {
  const { sql } = await setup();
  await expect(
    await dumpSchema(sql),
    "The schema has changed. When that is meant, run: npm run schema:dump",
  ).toMatchFileSnapshot("../../docs/schema.txt");
});

test("every row of a company says whose it is", async () => {
  const { sql } = await setup();
  const nullable = named(
    (await listColumns(sql)).filter((column) => column.name === "company_id" && column.isNullable),
  );
  expect(nullable).toEqual([
    // The platform's own alerts belong to no company.
    "attention_items.company_id",
    // Signing in, and founding a company, are done in none.
    "audit_log.company_id",
    "idempotency_keys.company_id",
    // The scheduler's own runs.
    "job_runs.company_id",
  ]);
});

test("a row of one company cannot refer to a row of another", async () => {
  const { sql } = await setup();
  const tenantTables = tablesWithCompany(await listColumns(sql));
  const loose = (await listForeignKeys(sql)).filter(
    ({ table, target, columns, targetColumns }) =>
      tenantTables.has(table) &&
      tenantTables.has(target) &&
      !columns.some(
        (name, place) => name === "company_id" && targetColumns[place] === "company_id",
      ),
  );
  expect(loose.map(describeKey)).toEqual([]);
});

test("no reference between companies' rows can be nulled or deleted behind our back", async () => {
  const { sql } = await setup();
  const acting = await sql<{ name: string }[]>`
    select conrelid::regclass || '.' || conname as name
    from pg_constraint
    where contype = 'f' and connamespace = 'public'::regnamespace
      and (confdeltype <> 'a' or confupdtype <> 'a')
    order by 1
  `;
  expect(acting.map((row) => row.name)).toEqual([
    // Only says which company a person looked at last.
    "users.users_current_company_id_fkey",
  ]);
});

test("what names a record is a foreign key", async () => {
  const { sql } = await setup();
  const keys = await listForeignKeys(sql);
  const isKey = (column: ColumnRow): boolean =>
    keys.some(({ table, columns }) => table === column.table && columns.includes(column.name));
  const free = (await listColumns(sql)).filter(
    (column) => column.name.endsWith("_id") && !isKey(column),
  );
  const reasons = new Map<string, RegExp>([
    // The ledger outlives the rows it is about, and must take work whatever happens to them.
    ["runs are kept by retention", /\.(last_)?(test_)?run_id$/],
    ["work is recorded whatever happens to the company", /^(job_runs|run_feed)\.company_id$/],
    [
      "the outbox is written with its event and emptied soon after",
      /^(event_(outbox|follow_failures)\.|slack_alerts\.event_id$)/,
    ],
    ["names a record of any kind", /\.(subject_id|record_id)$/],
    [
      "is a name given by others, not one of our records",
      /\.(external_id|message_id|request_id|trace_id|trigger_id)$/,
    ],
    ["outlives the event it tells of", /^(webhook_deliveries|rule_log)\.event_id$/],
    ["is Google's name for it", /^calendar_\w+\.(calendar_id|event_id|series_id|resource_id)$/],
    ["the line goes when its fee is waived", /^invoice_late_fees\.line_id$/],
    [
      "what was asked for stays what it was, wherever the record moves",
      /^exports\.(client|project)_id$/,
    ],
  ]);
  const isExplained = (name: string): boolean =>
    [...reasons.values()].some((pattern) => pattern.test(name));
  expect(named(free).filter((name) => !isExplained(name))).toEqual([]);
});

test("money is a whole number of minor units", async () => {
  const { sql } = await setup();
  const money =
    /(^|_)(amount|total|subtotal|fees?|tax|remaining|price|due|paid|default_rate|hourly_rate)(_\d)?$|^amount_/;
  const wrong = (await listColumns(sql)).filter(
    ({ name, type }) => money.test(name) && type !== "bigint" && type !== "boolean",
  );
  expect(wrong.map((column) => `${column.table}.${column.name} ${column.type}`)).toEqual([
    // Prices have fractions of a minor unit; the amount of a line is rounded once.
    "invoice_lines.unit_price numeric(24,6)",
    "quote_lines.unit_price numeric(24,6)",
    "recurring_invoice_lines.unit_price numeric(24,6)",
  ]);
});

test("nothing is a floating-point number", async () => {
  const { sql } = await setup();
  const floating = (await listColumns(sql)).filter(({ type }) =>
    /^(real|double precision|money|numeric)$/.test(type),
  );
  // A numeric without precision and scale is as bad: it keeps whatever it is given.
  expect(named(floating)).toEqual([]);
});

test("an instant has a time zone, and a calendar day has none", async () => {
  const { sql } = await setup();
  const columns = await listColumns(sql);
  expect(named(columns.filter(({ type }) => type === "timestamp without time zone"))).toEqual([]);
  const instants = columns.filter(
    ({ name, type }) => name.endsWith("_at") && type !== "timestamp with time zone",
  );
  expect(named(instants)).toEqual([]);
  const days = columns.filter(({ name, type }) => name.endsWith("_date") && type !== "date");
  expect(named(days)).toEqual([]);
});

test("a billing record gets its instants from the company's clock, never from the database's", async () => {
  const { sql } = await setup();
  const billing =
    /^(clients|contacts|services|recurring_\w+|invoices|invoice_\w+|payments|payment_reminders|credits|expenses|deliveries|billing_nights|companies)$/;
  const stamped = (await listColumns(sql)).filter(
    ({ table, extra }) => billing.test(table) && /\bnow\(\)|_timestamp/.test(extra ?? ""),
  );
  expect(named(stamped)).toEqual([]);
});

test("every table has a primary key", async () => {
  const { sql } = await setup();
  const without = await sql<{ table: string }[]>`
    select relname as table
    from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
      and not exists (
        select from pg_constraint where conrelid = pg_class.oid and contype = 'p'
      )
    order by 1
  `;
  expect(without.map((row) => row.table)).toEqual([]);
});

test("every index can be told from the others", async () => {
  const { sql } = await setup();
  // Same table, columns, order and condition: one of them only costs.
  const twins = await sql<{ first: string; second: string }[]>`
    select a.indexrelid::regclass::text as first, b.indexrelid::regclass::text as second
    from pg_index as a
    join pg_index as b on a.indrelid = b.indrelid and a.indexrelid < b.indexrelid
    join pg_class on pg_class.oid = a.indrelid
    where relnamespace = 'public'::regnamespace
      and a.indkey::text = b.indkey::text
      and a.indoption::text = b.indoption::text
      and a.indclass::text = b.indclass::text
      and pg_get_expr(a.indexprs, a.indrelid) is not distinct from pg_get_expr(b.indexprs, b.indrelid)
      and pg_get_expr(a.indpred, a.indrelid) is not distinct from pg_get_expr(b.indpred, b.indrelid)
  `;
  expect([...twins]).toEqual([]);
});

function tablesWithCompany(columns: readonly ColumnRow[]): ReadonlySet<string> {
  return new Set(columns.filter(({ name }) => name === "company_id").map(({ table }) => table));
}

function named(columns: readonly ColumnRow[]): string[] {
  return columns.map(({ table, name }) => `${table}.${name}`);
}

function describeKey({ table, columns, target, targetColumns }: ForeignKeyRow): string {
  return `${table} (${columns.join(", ")}) references ${target} (${targetColumns.join(", ")})`;
}
