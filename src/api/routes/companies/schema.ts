import { z } from "zod";
import type { CompanyFields, CompanyRow } from "../../../db/companies.ts";
import { instantJson, presentInstant } from "../../answers.ts";
import {
  basisPoints,
  country,
  currency,
  moneyMinor,
  optionalEmail,
  optionalText,
  requiredText,
  timezone,
  unsetOrWhole,
} from "../../inputs.ts";
import { minorJson, rateJson, units } from "../../units.ts";
import { presentRate, rateText } from "../../rates.ts";

const text = z.string().nullable();
const rate = rateJson.nullable();
const minor = minorJson.nullable();
const nightMax = z.int().nullable().meta({ description: units.minorOfEach });
const nightMaxInBody = moneyMinor.nullable().optional().meta({ description: units.minorOfEach });

export const companyJson = z
  .object({
    id: z.int(),
    uuid: z.uuid(),
    name: z.string(),
    legal_name: text,
    email: text,
    phone: text,
    address_line_1: text,
    address_line_2: text,
    city: text,
    state: text,
    postal_code: text,
    country: text,
    currency: z.string(),
    tax_number: text,
    logo_path: text,
    plan: z.string(),
    invoice_prefix: z.string(),
    quote_prefix: z.string(),
    invoice_layout: z.string(),
    default_payment_terms: z.int(),
    default_hourly_rate: minor,
    default_tax_name_1: text,
    default_tax_rate_1: rate,
    default_tax_name_2: text,
    default_tax_rate_2: rate,
    tax_rounding: z.enum(["per_line", "per_invoice"]),
    timezone: z.string(),
    billing_hour: z.int(),
    billing_minute: z.int(),
    next_night_date: text,
    next_night_at: instantJson.nullable(),
    catch_up_limit: z.int(),
    sends_made_up_invoices: z.boolean(),
    night_max_invoices: z.int().nullable(),
    night_max_amount: nightMax,
    night_max_fees: nightMax,
    late_fee_type: text,
    late_fee_value: z.number().nullable().meta({ description: units.lateFee }),
    late_fee_days: z.int().nullable(),
    is_test: z.boolean(),
    test_now: instantJson.nullable(),
    created_at: instantJson,
    updated_at: instantJson,
  })
  .meta({ id: "Company" });

export function presentCompany(company: CompanyRow): Record<string, unknown> {
  return {
    id: company.id,
    uuid: company.uuid,
    name: company.name,
    legal_name: company.legalName,
    email: company.email,
    phone: company.phone,
    address_line_1: company.addressLine1,
    address_line_2: company.addressLine2,
    city: company.city,
    state: company.state,
    postal_code: company.postalCode,
    country: company.country,
    currency: company.currency,
    tax_number: company.taxNumber,
    logo_path: company.logoPath,
    plan: company.plan,
    invoice_prefix: company.invoicePrefix,
    quote_prefix: company.quotePrefix,
    invoice_layout: company.invoiceLayout,
    default_payment_terms: company.defaultPaymentTerms,
    default_hourly_rate: company.defaultHourlyRate,
    default_tax_name_1: company.defaultTaxName1,
    default_tax_rate_1: presentRate(company.defaultTaxRate1),
    default_tax_name_2: company.defaultTaxName2,
    default_tax_rate_2: presentRate(company.defaultTaxRate2),
    tax_rounding: company.taxRounding,
    timezone: company.timezone,
    billing_hour: company.billingHour,
    billing_minute: company.billingMinute,
    next_night_date: company.nextNightDate,
    next_night_at: presentInstant(company.nextNightAt),
    catch_up_limit: company.catchUpLimit,
    sends_made_up_invoices: company.sendsMadeUpInvoices,
    night_max_invoices: company.nightMaxInvoices,
    night_max_amount: company.nightMaxAmount,
    night_max_fees: company.nightMaxFees,
    late_fee_type: company.lateFeeType,
    late_fee_value: presentRate(company.lateFeeValue),
    late_fee_days: company.lateFeeDays,
    is_test: company.testNow !== null,
    test_now: presentInstant(company.testNow),
    created_at: presentInstant(company.createdAt),
    updated_at: presentInstant(company.updatedAt),
  };
}

const whole = (min: number, max: number) => z.int().min(min).max(max).optional();

/** What may be said about a company when it is made or changed. `name` is required by the contract. */
export const companyBody = z.strictObject({
  name: requiredText(255).optional(),
  legal_name: optionalText(255),
  email: optionalEmail,
  phone: optionalText(50),
  address_line_1: optionalText(255),
  address_line_2: optionalText(255),
  city: optionalText(255),
  state: optionalText(255),
  postal_code: optionalText(20),
  country: country.nullable().optional(),
  currency: currency.optional(),
  tax_number: optionalText(255),
  invoice_prefix: prefix(),
  quote_prefix: prefix(),
  invoice_layout: z.enum(["classic", "modern", "compact"]).optional(),
  default_payment_terms: whole(0, 365),
  default_hourly_rate: moneyMinor.nullable().optional(),
  default_tax_name_1: optionalText(255),
  default_tax_rate_1: basisPoints.nullable().optional(),
  default_tax_name_2: optionalText(255),
  default_tax_rate_2: basisPoints.nullable().optional(),
  tax_rounding: z.enum(["per_line", "per_invoice"]).optional(),
  timezone: timezone.optional(),
  billing_hour: whole(0, 23),
  billing_minute: whole(0, 59),
  catch_up_limit: whole(0, 366),
  sends_made_up_invoices: z.boolean().optional(),
  night_max_invoices: unsetOrWhole(0, 2_000_000_000),
  night_max_amount: nightMaxInBody,
  night_max_fees: nightMaxInBody,
});

/** A prefix becomes part of invoice numbers and file names: no control characters, may be empty. */
function prefix() {
  return z
    .string()
    .regex(/^[^\p{C}]*$/u, "Contains characters that are not allowed.")
    .max(10)
    .optional();
}

/** What a request gives, in the names of the row. */
export function companyFields(body: z.output<typeof companyBody>): {
  [K in keyof CompanyFields]: CompanyFields[K] | undefined;
} {
  return {
    name: body.name,
    legalName: body.legal_name,
    email: body.email,
    phone: body.phone,
    addressLine1: body.address_line_1,
    addressLine2: body.address_line_2,
    city: body.city,
    state: body.state,
    postalCode: body.postal_code,
    country: body.country,
    currency: body.currency,
    taxNumber: body.tax_number,
    invoicePrefix: body.invoice_prefix,
    quotePrefix: body.quote_prefix,
    invoiceLayout: body.invoice_layout,
    defaultPaymentTerms: body.default_payment_terms,
    defaultHourlyRate: body.default_hourly_rate,
    defaultTaxName1: body.default_tax_name_1,
    defaultTaxRate1: rateText(body.default_tax_rate_1),
    defaultTaxName2: body.default_tax_name_2,
    defaultTaxRate2: rateText(body.default_tax_rate_2),
    taxRounding: body.tax_rounding,
    timezone: body.timezone,
    billingHour: body.billing_hour,
    billingMinute: body.billing_minute,
    catchUpLimit: body.catch_up_limit,
    sendsMadeUpInvoices: body.sends_made_up_invoices,
    nightMaxInvoices: body.night_max_invoices,
    nightMaxAmount: body.night_max_amount,
    nightMaxFees: body.night_max_fees,
  };
}
