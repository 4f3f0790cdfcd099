import type { Sql } from "../../src/db/client.ts";

const LONG_AGO = new Date("2020-01-01T00:00:00Z");

export interface CompanyFields {
  name?: string;
  timezone?: string;
  currency?: string;
  billingHour?: number;
  catchUpLimit?: number;
  testNow?: string | null;
  nextNightDate?: string | null;
  nextNightAt?: string | null;
  lateFeeType?: "flat" | "percentage" | null;
  lateFeeValue?: number | null;
  lateFeeDays?: number | null;
  nightMaxInvoices?: number | null;
  nightMaxAmount?: bigint | null;
  nightMaxFees?: bigint | null;
}

/** A company with the defaults of a new one, except for what is given. */
export async function insertCompany(sql: Sql, fields: CompanyFields = {}): Promise<number> {
  const row = {
    name: "Harbour Studio",
    plan: "enterprise",
    createdAt: LONG_AGO,
    updatedAt: LONG_AGO,
    ...fields,
  };
  const [company] = await sql<{ id: number }[]>`insert into companies ${sql(row)} returning id`;
  return company!.id;
}

/** A client with an email address, unless told otherwise. */
export async function insertClient(
  sql: Sql,
  companyId: number,
  fields: {
    name?: string;
    email?: string | null;
    isArchived?: boolean;
    allowLateFees?: boolean;
    currency?: string;
  } = {},
): Promise<number> {
  const row = {
    companyId,
    name: "Pine & Sons",
    email: "accounts@pine.test",
    currency: "USD",
    createdAt: LONG_AGO,
    updatedAt: LONG_AGO,
    ...fields,
  };
  const [client] = await sql<{ id: number }[]>`insert into clients ${sql(row)} returning id`;
  return client!.id;
}

export interface SeriesFields {
  frequency?: "weekly" | "monthly" | "quarterly" | "yearly" | "custom";
  interval?: number;
  /** The anchor, too. */
  startDate?: string;
  nextK?: number;
  nextGenerateDate?: string;
  endDate?: string | null;
  maxOccurrences?: number | null;
  catchUp?: "all" | "latest" | "none";
  autoSend?: boolean;
  status?: "active" | "paused" | "completed";
  notes?: string | null;
  currency?: string;
  paymentTerms?: number;
}

export interface LineFields {
  description?: string;
  quantity?: string;
  /** Minor units. */
  unitPrice?: string;
  taxName_1?: string | null;
  taxRate_1?: string | null;
}

/** A series of one line of 100.00, monthly from 2026-01-01, unless told otherwise. */
export async function insertSeries(
  sql: Sql,
  owner: { companyId: number; clientId: number },
  fields: SeriesFields = {},
  lines: LineFields[] = [{}],
): Promise<number> {
  const startDate = fields.startDate ?? "2026-01-01";
  const row = {
    ...owner,
    title: "Retainer",
    frequency: "monthly",
    startDate,
    anchorDate: startDate,
    nextGenerateDate: startDate,
    currency: "USD",
    paymentTerms: 30,
    createdAt: LONG_AGO,
    updatedAt: LONG_AGO,
    ...fields,
  };
  const [series] = await sql<{ id: number }[]>`
    insert into recurring_invoices ${sql(row)} returning id
  `;
  for (const [index, line] of lines.entries()) {
    await sql`
      insert into recurring_invoice_lines (
        company_id, recurring_invoice_id, description, quantity, unit_price, tax_name_1, tax_rate_1,
        sort_order, created_at, updated_at
      )
      values (
        ${owner.companyId}, ${series!.id}, ${line.description ?? "Monthly retainer"},
        ${line.quantity ?? "1"}, ${line.unitPrice ?? "10000"}, ${line.taxName_1 ?? null},
        ${line.taxRate_1 ?? null}, ${index}, ${LONG_AGO}, ${LONG_AGO}
      )
    `;
  }
  return series!.id;
}

let invoiceCount = 0;

/** An invoice of one line, sent at noon of its issue date unless told otherwise. */
export async function insertInvoice(
  sql: Sql,
  owner: { companyId: number; clientId: number },
  fields: {
    status?: string;
    issueDate?: string;
    dueDate?: string;
    /** Minor units. */
    total?: bigint;
    amountPaid?: bigint;
    isDisputed?: boolean;
    isArchived?: boolean;
    currency?: string;
    sentAt?: string | null;
  } = {},
): Promise<number> {
  invoiceCount += 1;
  const total = fields.total ?? 10_000n;
  const issueDate = fields.issueDate ?? "2026-02-01";
  const row = {
    ...owner,
    invoiceNumber: `T-${process.pid}-${invoiceCount}`,
    status: "sent",
    issueDate,
    dueDate: "2026-03-01",
    currency: "USD",
    subtotal: total,
    total,
    sentAt: `${issueDate}T12:00:00Z`,
    createdAt: LONG_AGO,
    updatedAt: LONG_AGO,
    ...fields,
  };
  const [invoice] = await sql<{ id: number }[]>`insert into invoices ${sql(row)} returning id`;
  await sql`
    insert into invoice_lines (
      company_id, invoice_id, description, quantity, unit_price, amount, created_at, updated_at
    )
    values (
      ${owner.companyId}, ${invoice!.id}, 'Work done', 1, ${total.toString()}, ${total},
      ${LONG_AGO}, ${LONG_AGO}
    )
  `;
  return invoice!.id;
}

/** A reminder stage that has been there for long, unless told otherwise. */
export async function insertReminder(
  sql: Sql,
  companyId: number,
  fields: { reminderNumber: number; daysOffset: number; createdAt?: string; body?: string },
): Promise<number> {
  const row = { companyId, createdAt: LONG_AGO, updatedAt: LONG_AGO, ...fields };
  const [reminder] = await sql<{ id: number }[]>`
    insert into payment_reminders ${sql(row)} returning id
  `;
  return reminder!.id;
}

/** An endpoint that is told of everything, with a secret that opens nowhere. */
export async function insertWebhook(
  sql: Sql,
  companyId: number,
  url = "https://hooks.test/",
): Promise<number> {
  const [row] = await sql<{ id: number }[]>`
    insert into webhook_endpoints (
      company_id, url, event_types, status, secret, created_at, updated_at
    )
    values (${companyId}, ${url}, '{*}', 'enabled', 'v1.none.none', now(), now())
    returning id
  `;
  return row!.id;
}

/** Somebody wants to be told of it by a rule. */
export async function insertRule(
  sql: Sql,
  { companyId, type }: { companyId: number; type: string },
): Promise<void> {
  await sql`
    insert into rules (
      company_id, kind, name, is_enabled, position, subject_type, event_type, conditions, actions,
      created_at, updated_at
    )
    values (
      ${companyId}, 'automation', 'Tell', true, 0, 'invoice', ${type}, '[]',
      '[{"type": "alert", "message": "Look"}]', now(), now()
    )
  `;
}

/** Somebody wants to read of it in Slack. */
export async function wantInSlack(sql: Sql, companyId: number, type: string): Promise<void> {
  await sql`
    insert into connections (company_id, provider, status, created_at, updated_at)
    values (${companyId}, 'slack', 'needs_reauth', now(), now())
  `;
  await sql`
    insert into slack_routes (company_id, event_type, channel, channel_name, created_at, updated_at)
    values (${companyId}, ${type}, 'C1', 'billing', now(), now())
  `;
}

/** An open page at Stripe that asks for less than the invoice lacks. */
export async function insertPage(
  sql: Sql,
  invoice: { companyId: number; invoiceId: number },
): Promise<void> {
  const at = "2026-03-01T02:00:00Z";
  await sql`
    insert into stripe_checkouts ${sql({
      ...invoice,
      account: "acct_1",
      amount: 1n,
      currency: "USD",
      status: "open",
      session: `cs_${invoice.invoiceId}`,
      url: "https://pay.test",
      expiresAt: at,
      nextCheckAt: at,
      createdAt: at,
      updatedAt: at,
    })}
  `;
}
