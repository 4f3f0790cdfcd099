import { formatScaled, parseScaled } from "../billing/money.ts";
import { computeTotals, type Discount } from "../billing/totals.ts";
import type { CompanyRow } from "../db/companies.ts";
import type { InvoiceLineFacts } from "../db/invoice-lines.ts";
import type { InvoiceTaxValues } from "../db/invoice-taxes.ts";
import type { InvoiceRow } from "../db/invoices.ts";
import type { PricedLineRow, PricedLineValues } from "../db/priced-lines.ts";
import { InvalidInput } from "../errors.ts";

/**
 * What a line says before it is priced. Scales as in billing/totals.ts: 10⁴, 10⁶ and 10³. Lines of
 * quotes and series have no unit, long description, kept tax rate or discount.
 */
export interface LineDraft {
  /** The stored line this is, if it is one. */
  id?: number;
  serviceId: number | null;
  description: string;
  longDescription: string | null;
  quantity: bigint;
  unit: string | null;
  unitPrice: bigint;
  taxName1: string | null;
  taxRate1: bigint | null;
  /** The kept rate that the first tax was taken from. */
  taxRateId: number | null;
  taxName2: string | null;
  taxRate2: bigint | null;
  /** The line's own. */
  discount: Discount | null;
  sortOrder: number;
}

/** How a whole invoice is taxed: by its lines, or by rates of its own (BILLING.md 5.2). */
export interface Taxation {
  taxType: "inline" | "summary";
  /** Empty when inline. */
  taxes: readonly TaxDraft[];
}

/** A kept rate as an invoice took it; the rate is basis points ×10³. */
export interface TaxDraft {
  taxRateId: number;
  name: string;
  rate: bigint;
}

export type PricedLine = PricedLineValues & InvoiceLineFacts & { id?: number };

export interface PricedInvoice {
  lines: PricedLine[];
  /** Those of the whole invoice. */
  taxes: InvoiceTaxValues[];
  subtotal: bigint;
  discountTotal: bigint;
  taxTotal: bigint;
  total: bigint;
}

/** Every amount stays below this many minor units, so that sums of them fit an int8 and a double. */
const AMOUNT_LIMIT = 10n ** 15n;

/**
 * Works out an invoice's amounts (BILLING.md 5). On one that is taxed as a whole the lines lose what
 * taxes and discounts they have. Throws `InvalidInput` when an amount is too large, or when the total
 * would be negative. `fieldOf` names a field of a line as the caller knows it.
 */
export function priceInvoice(
  company: Pick<CompanyRow, "taxRounding">,
  input: {
    lines: readonly LineDraft[];
    /** Default: inline. */
    taxation?: Taxation;
    discount: Discount | null;
    adjustment: bigint;
    /** Fees charged and not waived, with their tax. */
    lateFee: bigint;
    fieldOf?: (index: number, field: string) => string;
  },
): PricedInvoice {
  const { taxation = inline, discount, adjustment, lateFee } = input;
  const lines = taxation.taxType === "inline" ? input.lines : input.lines.map(asUntaxed);
  const totals = computeTotals({
    lines,
    taxType: taxation.taxType,
    summaryRates: taxation.taxes.map((tax) => tax.rate),
    discount,
    taxRounding: company.taxRounding,
    adjustment,
    lateFee,
  });
  const priced = lines.map((line, index): PricedLine => {
    const amounts = totals.lines[index]!;
    const { discount: own, ...values } = line;
    if (isTooLarge(amounts.amount)) {
      const field = (input.fieldOf ?? lineItemField)(index, "unit_price");
      throw new InvalidInput({ [field]: ["The line's amount must be below 10^15 minor units."] });
    }
    return {
      ...values,
      ...discountColumns(own),
      quantity: formatScaled(line.quantity, 4),
      unitPrice: formatScaled(line.unitPrice, 6),
      taxRate1: line.taxRate1 === null ? null : formatScaled(line.taxRate1, 3),
      taxRate2: line.taxRate2 === null ? null : formatScaled(line.taxRate2, 3),
      amount: amounts.amount,
      discountAmount: amounts.discount,
      taxAmount1: amounts.taxAmount1,
      taxAmount2: amounts.taxAmount2,
    };
  });
  const { subtotal, discountTotal, taxTotal, total } = totals;
  for (const amount of [subtotal, taxTotal]) checkSize(amount, "line_items");
  checkTotal(total, total < 0n && adjustment < 0n ? "adjustment_amount" : "line_items");
  const taxes = taxation.taxes.map((tax, index) => ({
    taxRateId: tax.taxRateId,
    name: tax.name,
    rate: formatScaled(tax.rate, 3),
    amount: totals.summaryTaxes[index]!,
  }));
  return { lines: priced, taxes, subtotal, discountTotal, taxTotal, total };
}

const inline: Taxation = { taxType: "inline", taxes: [] };

function asUntaxed(line: LineDraft): LineDraft {
  const untaxed = {
    taxName1: null,
    taxRate1: null,
    taxRateId: null,
    taxName2: null,
    taxRate2: null,
  };
  return { ...line, ...untaxed, discount: null };
}

/** Throws `InvalidInput`, naming the field, unless an invoice may come to so many minor units. */
export function checkTotal(total: bigint, field: string): void {
  checkSize(total, field);
  if (total >= 0n) return;
  const text = `The invoice's total would be negative: ${total} minor units.`;
  throw new InvalidInput({ [field]: [text] });
}

function checkSize(amount: bigint, field: string): void {
  if (!isTooLarge(amount)) return;
  throw new InvalidInput({ [field]: ["The invoice's total must be below 10^15 minor units."] });
}

/** A stored line, of an invoice or a series, as a draft to be priced again. */
export function draftOfLine(
  line: Pick<
    PricedLineRow,
    | "id"
    | "serviceId"
    | "description"
    | "quantity"
    | "unitPrice"
    | "taxName1"
    | "taxRate1"
    | "taxName2"
    | "taxRate2"
    | "sortOrder"
  > &
    Partial<InvoiceLineFacts>,
): LineDraft & { id: number } {
  const { discountType = null, discountValue = null } = line;
  return {
    id: line.id,
    serviceId: line.serviceId,
    description: line.description,
    longDescription: line.longDescription ?? null,
    quantity: scaled(line.quantity, 4),
    unit: line.unit ?? null,
    unitPrice: scaled(line.unitPrice, 6),
    taxName1: line.taxName1,
    taxRate1: line.taxRate1 === null ? null : scaled(line.taxRate1, 3),
    taxRateId: line.taxRateId ?? null,
    taxName2: line.taxName2,
    taxRate2: line.taxRate2 === null ? null : scaled(line.taxRate2, 3),
    discount: discountOf({ discountType, discountValue }),
    sortOrder: line.sortOrder,
  };
}

/** The discount an invoice, a series or a line has. */
export function discountOf(
  row: Pick<InvoiceRow, "discountType" | "discountValue">,
): Discount | null {
  if (row.discountType === null || row.discountValue === null) return null;
  const value = scaled(row.discountValue, 3);
  return row.discountType === "percentage"
    ? { type: "percentage", rate: value }
    : { type: "fixed", amount: value / 1000n };
}

/** A discount as it is stored, numeric(20,3): basis points when a percentage, minor units when fixed. */
export function discountColumns(
  discount: Discount | null,
): Pick<InvoiceRow, "discountType" | "discountValue"> {
  if (discount === null) return { discountType: null, discountValue: null };
  return discount.type === "percentage"
    ? { discountType: "percentage", discountValue: formatScaled(discount.rate, 3) }
    : { discountType: "fixed", discountValue: formatScaled(discount.amount * 1000n, 3) };
}

/** Where a field of a line stands in a request that carries `line_items`. */
export function lineItemField(index: number, field: string): string {
  return `line_items.${index}.${field}`;
}

function isTooLarge(amount: bigint): boolean {
  return amount >= AMOUNT_LIMIT || amount <= -AMOUNT_LIMIT;
}

/** The database only holds numbers of this scale, so a text that does not fit is a bug. */
function scaled(text: string, scale: number): bigint {
  const value = parseScaled(text, scale);
  if (value === undefined) throw new Error(`"${text}" is no number with ${scale} decimals`);
  return value;
}
