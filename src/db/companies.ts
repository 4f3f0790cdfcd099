import type { PlanName } from "../billing/plans.ts";
import type { Sql, Tx } from "./client.ts";

export interface CompanyRow {
  id: number;
  uuid: string;
  name: string;
  legalName: string | null;
  email: string | null;
  phone: string | null;
  addressLine1: string | null;
  addressLine2: string | null;
  city: string | null;
  state: string | null;
  postalCode: string | null;
  country: string | null;
  currency: string;
  taxNumber: string | null;
  logoPath: string | null;
  plan: PlanName;
  invoicePrefix: string;
  quotePrefix: string;
  invoiceLayout: "classic" | "modern" | "compact";
  defaultPaymentTerms: number;
  /** Minor units an hour. */
  defaultHourlyRate: bigint | null;
  defaultTaxName1: string | null;
  /** Basis points, as decimal text with three places: "997.500". */
  defaultTaxRate1: string | null;
  defaultTaxName2: string | null;
  defaultTaxRate2: string | null;
  taxRounding: "per_line" | "per_invoice";
  timezone: string;
  billingHour: number;
  billingMinute: number;
  nextNightDate: string | null;
  nextNightAt: Date | null;
  catchUpLimit: number;
  sendsMadeUpInvoices: boolean;
  nightMaxInvoices: number | null;
  nightMaxAmount: bigint | null;
  nightMaxFees: bigint | null;
  lateFeeType: "flat" | "percentage" | null;
  /** Minor units when flat, basis points when percentage; decimal text with three places. */
  lateFeeValue: string | null;
  lateFeeDays: number | null;
  lateFeeTaxName: string | null;
  lateFeeTaxRate: string | null;
  lateFeeRepeats: boolean;
  lateFeeMaxCount: number | null;
  lateFeeCapRate: string | null;
  /** Where a test company's clock stands; null for a real one. */
  testNow: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

/** The company, unless it was deleted. */
export async function findCompany(
  sql: Sql | Tx,
  companyId: number,
): Promise<CompanyRow | undefined> {
  const [row] = await sql<CompanyRow[]>`
    select ${columns(sql)} from companies where id = ${companyId} and deleted_at is null
  `;
  return row;
}

/** The company, locked against other changes of its settings. */
export async function lockCompany(tx: Tx, companyId: number): Promise<CompanyRow | undefined> {
  const [row] = await tx<CompanyRow[]>`
    select ${columns(tx)}
    from companies
    where id = ${companyId} and deleted_at is null
    for no key update
  `;
  return row;
}

/** All companies a user belongs to, in whatever role, by name. */
export async function listCompaniesOfUser(
  sql: Sql | Tx,
  { userId, limit, offset }: { userId: number; limit: number; offset: number },
): Promise<CompanyRow[]> {
  return await sql<CompanyRow[]>`
    select ${columns(sql)}
    from companies
    where deleted_at is null
      and id in (select company_id from company_members where user_id = ${userId})
    order by name, id
    limit ${limit} offset ${offset}
  `;
}

export async function countCompaniesOfUser(sql: Sql | Tx, userId: number): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count
    from companies
    where deleted_at is null
      and id in (select company_id from company_members where user_id = ${userId})
  `;
  return row?.count ?? 0;
}

/** The plans of the companies a user owns: how many there are, and the best plan among them. */
export async function listPlansOwnedBy(
  sql: Sql | Tx,
  userId: number,
): Promise<CompanyRow["plan"][]> {
  const rows = await sql<Pick<CompanyRow, "plan">[]>`
    select companies.plan
    from companies
    join company_members on company_members.company_id = companies.id
    where company_members.user_id = ${userId}
      and company_members.role = 'owner'
      and companies.deleted_at is null
  `;
  return rows.map((row) => row.plan);
}

/** What a person may set about a company. */
export type CompanyFields = Pick<
  CompanyRow,
  | "name"
  | "legalName"
  | "email"
  | "phone"
  | "addressLine1"
  | "addressLine2"
  | "city"
  | "state"
  | "postalCode"
  | "country"
  | "currency"
  | "taxNumber"
  | "invoicePrefix"
  | "quotePrefix"
  | "invoiceLayout"
  | "defaultPaymentTerms"
  | "defaultHourlyRate"
  | "defaultTaxName1"
  | "defaultTaxRate1"
  | "defaultTaxName2"
  | "defaultTaxRate2"
  | "taxRounding"
  | "timezone"
  | "billingHour"
  | "billingMinute"
  | "catchUpLimit"
  | "sendsMadeUpInvoices"
  | "nightMaxInvoices"
  | "nightMaxAmount"
  | "nightMaxFees"
>;

/** Fields not given keep the schema's default. */
export async function insertCompany(
  tx: Tx,
  company: { name: string; plan: CompanyRow["plan"]; now: Date },
): Promise<CompanyRow> {
  const [row] = await tx<CompanyRow[]>`
    insert into companies (name, plan, created_at, updated_at)
    values (${company.name}, ${company.plan}, ${company.now}, ${company.now})
    returning ${columns(tx)}
  `;
  if (row === undefined) throw new Error("the company was not inserted");
  return row;
}

/** Writes all a person may set. The caller has locked the row and merged what changes. */
export async function updateCompany(
  tx: Tx,
  companyId: number,
  fields: CompanyFields & { now: Date },
): Promise<CompanyRow> {
  const [row] = await tx<CompanyRow[]>`
    update companies
    set name = ${fields.name},
      legal_name = ${fields.legalName},
      email = ${fields.email},
      phone = ${fields.phone},
      address_line_1 = ${fields.addressLine1},
      address_line_2 = ${fields.addressLine2},
      city = ${fields.city},
      state = ${fields.state},
      postal_code = ${fields.postalCode},
      country = ${fields.country},
      currency = ${fields.currency},
      tax_number = ${fields.taxNumber},
      invoice_prefix = ${fields.invoicePrefix},
      quote_prefix = ${fields.quotePrefix},
      invoice_layout = ${fields.invoiceLayout},
      default_payment_terms = ${fields.defaultPaymentTerms},
      default_hourly_rate = ${fields.defaultHourlyRate},
      default_tax_name_1 = ${fields.defaultTaxName1},
      default_tax_rate_1 = ${fields.defaultTaxRate1},
      default_tax_name_2 = ${fields.defaultTaxName2},
      default_tax_rate_2 = ${fields.defaultTaxRate2},
      tax_rounding = ${fields.taxRounding},
      timezone = ${fields.timezone},
      billing_hour = ${fields.billingHour},
      billing_minute = ${fields.billingMinute},
      catch_up_limit = ${fields.catchUpLimit},
      sends_made_up_invoices = ${fields.sendsMadeUpInvoices},
      night_max_invoices = ${fields.nightMaxInvoices},
      night_max_amount = ${fields.nightMaxAmount},
      night_max_fees = ${fields.nightMaxFees},
      updated_at = ${fields.now}
    where id = ${companyId} and deleted_at is null
    returning ${columns(tx)}
  `;
  if (row === undefined) throw new Error(`company ${companyId} is gone`);
  return row;
}

/** Writes how the company's papers look, beside its template. The row is locked. */
export async function updateCompanyLook(
  tx: Tx,
  { companyId, now }: { companyId: number; now: Date },
  { invoiceLayout, logoPath }: Pick<CompanyRow, "invoiceLayout" | "logoPath">,
): Promise<void> {
  await tx`
    update companies
    set invoice_layout = ${invoiceLayout}, logo_path = ${logoPath}, updated_at = ${now}
    where id = ${companyId} and deleted_at is null
  `;
}

/** Deleted companies keep their records; they have no nights and nobody can enter them. */
export async function markCompanyDeleted(
  tx: Tx,
  { companyId, now }: { companyId: number; now: Date },
): Promise<void> {
  await tx`
    update companies
    set deleted_at = ${now}, updated_at = ${now}, next_night_date = null, next_night_at = null
    where id = ${companyId}
  `;
}

/** Written once, so that every query reads a whole CompanyRow. */
function columns(sql: Sql | Tx) {
  return sql`
    id, uuid, name, legal_name, email, phone, address_line_1, address_line_2, city, state,
    postal_code, country, currency, tax_number, logo_path, plan, invoice_prefix, quote_prefix,
    invoice_layout, default_payment_terms, default_hourly_rate, default_tax_name_1,
    default_tax_rate_1, default_tax_name_2, default_tax_rate_2, tax_rounding, timezone,
    billing_hour, billing_minute, next_night_date, next_night_at, catch_up_limit,
    sends_made_up_invoices, night_max_invoices, night_max_amount, night_max_fees, late_fee_type,
    late_fee_value, late_fee_days, late_fee_tax_name, late_fee_tax_rate, late_fee_repeats,
    late_fee_max_count, late_fee_cap_rate, test_now, created_at, updated_at
  `;
}
