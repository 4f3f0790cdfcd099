import { z } from "zod";

/** Ids are numbers in most places, and texts in payments and credit notes. */
const id = z.union([z.int(), z.string().min(1)]).transform(String);
/** None is null, absent, zero or an empty text, depending on the resource. */
const optionalId = z
  .union([z.int(), z.string()])
  .nullish()
  .transform((value) =>
    value === undefined || value === null || value === 0 || value === "0" || value === ""
      ? null
      : String(value),
  );
/** Texts that are not there are null, absent or empty. */
const text = z
  .string()
  .nullish()
  .transform((value) => (value === undefined || value === null ? "" : value));
/** A decimal, as text or as a number. */
const decimal = z.union([z.string(), z.number()]).transform(String);
const optionalDecimal = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((value) =>
    value === undefined || value === null || value === "" ? null : String(value),
  );
const Money = z.object({ amount: z.string(), code: z.string() });
export type Money = z.infer<typeof Money>;

const optionalMoney = Money.nullish().transform((value) => value ?? null);
/** 0 there, 1 deleted, 2 archived. */
const visState = z.coerce
  .number()
  .nullish()
  .transform((value) => value ?? 0);
const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);

export const MeAnswer = z.object({
  response: z.object({
    business_memberships: z.array(
      z.object({
        role: z.string().nullish(),
        business: z.object({
          id: z.int(),
          name: z
            .string()
            .nullish()
            .transform((value) => value ?? null),
          account_id: z.string().nullable(),
        }),
      }),
    ),
  }),
});

const contact = z.object({
  contactid: optionalId,
  fname: text,
  lname: text,
  email: text,
  phone1: text,
  phone2: text,
});

export const FbClient = z.object({
  id,
  fname: text,
  lname: text,
  organization: text,
  email: text,
  bus_phone: text,
  mob_phone: text,
  home_phone: text,
  p_street: text,
  p_street2: text,
  p_city: text,
  p_province: text,
  p_code: text,
  p_country: text,
  currency_code: text,
  note: text,
  allow_late_fees: z
    .boolean()
    .nullish()
    .transform((value) => value ?? true),
  vis_state: visState,
  contacts: z
    .array(contact)
    .nullish()
    .transform((value) => value ?? []),
});
export type FbClient = z.infer<typeof FbClient>;

export const FbTax = z.object({ id, name: text, amount: decimal, compound: flag });
export type FbTax = z.infer<typeof FbTax>;

export const FbItem = z.object({
  id,
  name: text,
  description: text,
  unit_cost: optionalMoney,
  /** Ids of taxes. */
  tax1: optionalId,
  tax2: optionalId,
  vis_state: visState,
});
export type FbItem = z.infer<typeof FbItem>;

export const FbService = z.object({ id, name: text, billable: flag, vis_state: visState });
export type FbService = z.infer<typeof FbService>;

export const FbProject = z.object({
  id,
  title: text,
  client_id: optionalId,
  internal: flag,
  active: z
    .boolean()
    .nullish()
    .transform((value) => value ?? true),
  complete: flag,
  project_type: text,
  rate: optionalDecimal,
  fixed_price: optionalDecimal,
  /** Seconds. */
  budget: optionalDecimal,
  due_date: z
    .string()
    .nullish()
    .transform((value) => value ?? null),
});
export type FbProject = z.infer<typeof FbProject>;

const line = z.object({
  lineid: optionalId,
  name: text,
  description: text,
  qty: decimal,
  unit_cost: Money,
  amount: optionalMoney,
  taxName1: text,
  /** Per cent. */
  taxAmount1: optionalDecimal,
  taxName2: text,
  taxAmount2: optionalDecimal,
  compounded_tax: flag,
});
export type FbLine = z.infer<typeof line>;

export const FbInvoice = z.object({
  id,
  customerid: id,
  invoice_number: text,
  create_date: z.string(),
  due_date: z
    .string()
    .nullish()
    .transform((value) => value ?? null),
  created_at: text,
  updated: text,
  date_paid: z
    .string()
    .nullish()
    .transform((value) => value ?? null),
  currency_code: z.string(),
  amount: Money,
  outstanding: optionalMoney,
  paid: optionalMoney,
  /** Per cent of the subtotal. */
  discount_value: optionalDecimal,
  v3_status: text,
  payment_status: text,
  notes: text,
  terms: text,
  vis_state: visState,
  lines: z
    .array(line)
    .nullish()
    .transform((value) => value ?? []),
});
export type FbInvoice = z.infer<typeof FbInvoice>;

export const FbPayment = z.object({
  id,
  invoiceid: id,
  amount: Money,
  date: z.string(),
  type: text,
  note: text,
  transactionid: optionalId,
  creditid: optionalId,
  vis_state: visState,
});
export type FbPayment = z.infer<typeof FbPayment>;

export const FbCreditNote = z.object({
  id,
  clientid: id,
  credit_number: text,
  create_date: z.string(),
  credit_type: text,
  amount: Money,
  paid: optionalMoney,
  notes: text,
  vis_state: visState,
});
export type FbCreditNote = z.infer<typeof FbCreditNote>;

export const FbExpense = z.object({
  id,
  clientid: optionalId,
  projectid: optionalId,
  invoiceid: optionalId,
  categoryid: optionalId,
  amount: Money,
  date: z.string(),
  vendor: text,
  notes: text,
  taxName1: text,
  taxPercent1: optionalDecimal,
  taxAmount1: optionalMoney,
  taxName2: text,
  taxPercent2: optionalDecimal,
  taxAmount2: optionalMoney,
  vis_state: visState,
});
export type FbExpense = z.infer<typeof FbExpense>;

export const FbExpenseCategory = z.object({ id, category: text });

export const FbTimeEntry = z.object({
  id,
  client_id: optionalId,
  project_id: optionalId,
  service_id: optionalId,
  started_at: z.string(),
  /** Seconds. */
  duration: z
    .int()
    .nullish()
    .transform((value) => value ?? 0),
  note: text,
  billable: flag,
  billed: flag,
  active: z
    .boolean()
    .nullish()
    .transform((value) => value ?? true),
  timer: z
    .object({ is_running: z.boolean().nullish() })
    .nullish()
    .transform((value) => value?.is_running === true),
});
export type FbTimeEntry = z.infer<typeof FbTimeEntry>;

export const FbEstimate = z.object({
  id,
  customerid: id,
  estimate_number: text,
  create_date: z.string(),
  currency_code: z.string(),
  amount: Money,
  discount_value: optionalDecimal,
  display_status: text,
  ui_status: text,
  accepted: flag,
  notes: text,
  terms: text,
  vis_state: visState,
  lines: z
    .array(line)
    .nullish()
    .transform((value) => value ?? []),
});
export type FbEstimate = z.infer<typeof FbEstimate>;

export const FbProfile = z.object({
  id,
  customerid: id,
  create_date: z.string(),
  /** "w", "2w", "4w", "m", "2m", "3m", "6m", "y", "2y". */
  frequency: text,
  /** How many are still to come; 0: without end. */
  numberRecurring: z.coerce
    .number()
    .nullish()
    .transform((value) => value ?? 0),
  occurrences_to_date: z.coerce
    .number()
    .nullish()
    .transform((value) => value ?? 0),
  currency_code: z.string(),
  amount: Money,
  discount_value: optionalDecimal,
  due_offset_days: z.coerce
    .number()
    .nullish()
    .transform((value) => value ?? null),
  notes: text,
  disable: flag,
  vis_state: visState,
  lines: z
    .array(line)
    .nullish()
    .transform((value) => value ?? []),
});
export type FbProfile = z.infer<typeof FbProfile>;
