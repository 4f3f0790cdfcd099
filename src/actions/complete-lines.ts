import type { Tx } from "../db/client.ts";
import type { CompanyRow } from "../db/companies.ts";
import { listServiceTaxes, type ServiceTaxesRow } from "../db/invoice-references.ts";
import { listTaxRatesByIds, type TaxRateRow } from "../db/tax-rates.ts";
import { InvalidInput } from "../errors.ts";
import { byId } from "./by-id.ts";
import { chooseTaxes, type NamedTaxes } from "./choose-taxes.ts";
import { mergeDiscount, type DiscountInput } from "./discounts.ts";
import type { LineDraft } from "./price-invoice.ts";

/** A line as a request gives it. Scales as in `LineDraft`. */
export interface LineInput {
  /** A line the invoice has already. */
  id?: number | undefined;
  serviceId?: number | null | undefined;
  description: string;
  longDescription?: string | null | undefined;
  quantity: bigint;
  unit?: string | null | undefined;
  unitPrice: bigint;
  /** Left out when the request says nothing of tax. */
  taxes?: NamedTaxes | undefined;
  /** The line's own discount. */
  discount?: DiscountInput | undefined;
  sortOrder?: number | undefined;
}

interface Completing {
  lines: readonly LineInput[];
  known: ReadonlyMap<number, LineDraft>;
  /** Of the invoice; quotes and series are always inline. */
  taxType?: "inline" | "summary";
  fieldOf: (index: number, field: string) => string;
}

/**
 * Fills in what a request left out of its lines: of a line that is there already what it has; of a new
 * one the taxes of its service, or else the company's default taxes. Throws `InvalidInput` for a line,
 * a service or a tax rate that is not there, and for taxes and discounts of lines whose invoice is
 * taxed as a whole; `fieldOf` names the field.
 */
export async function completeLines(
  tx: Tx,
  company: CompanyRow,
  input: Completing,
): Promise<LineDraft[]> {
  const { lines, known, fieldOf } = input;
  const services = await servicesOf(tx, company.id, lines);
  const rates = await ratesOf(tx, company.id, lines);
  const seen = new Set<number>();
  return lines.map((line, index): LineDraft => {
    const stored = line.id === undefined ? undefined : known.get(line.id);
    if (line.id !== undefined && (stored === undefined || seen.has(line.id))) {
      const text = stored === undefined ? "There is no such line on this invoice." : "Given twice.";
      throw new InvalidInput({ [fieldOf(index, "id")]: [text] });
    }
    if (line.id !== undefined) seen.add(line.id);
    if (input.taxType === "summary") checkUntaxed(line, (field) => fieldOf(index, field));

    const serviceId = line.serviceId === undefined ? (stored?.serviceId ?? null) : line.serviceId;
    const service = serviceId === null ? undefined : services.get(serviceId);
    if (typeof line.serviceId === "number" && service === undefined) {
      throw new InvalidInput({ [fieldOf(index, "service_id")]: ["There is no such service."] });
    }
    const taxes = chooseTaxes(company, { given: line.taxes, stored, service, rates });
    if (taxes === undefined) {
      throw new InvalidInput({ [fieldOf(index, "tax_rate_id")]: ["There is no such tax rate."] });
    }
    return {
      ...(line.id === undefined ? {} : { id: line.id }),
      serviceId,
      description: line.description,
      longDescription: merged(line.longDescription, stored?.longDescription),
      quantity: line.quantity,
      unit: merged(line.unit, stored?.unit),
      unitPrice: line.unitPrice,
      ...taxes,
      discount: mergeDiscount(stored?.discount ?? null, line.discount ?? {}, (field) =>
        fieldOf(index, field),
      ),
      sortOrder: line.sortOrder ?? index,
    };
  });
}

/** As `completeLines`, for the one line of a line-item endpoint, whose fields have plain names. */
export async function completeLine(
  tx: Tx,
  company: CompanyRow,
  line: LineInput,
  {
    known = [],
    taxType = "inline",
  }: {
    known?: readonly (LineDraft & { id: number })[];
    taxType?: "inline" | "summary";
  } = {},
): Promise<LineDraft> {
  const [draft] = await completeLines(tx, company, {
    lines: [line],
    known: new Map(known.map((stored) => [stored.id, stored])),
    taxType,
    fieldOf: plainField,
  });
  return draft!;
}

/** How the line-item endpoints know a field of their line. */
export function plainField(_index: number, field: string): string {
  return field;
}

/** What is not spoken of stays as it is. */
function merged<T>(given: T | null | undefined, stored: T | null | undefined): T | null {
  return given === undefined ? (stored ?? null) : given;
}

/** An invoice of tax type summary is taxed, and reduced, as a whole (BILLING.md 5.2). */
function checkUntaxed({ taxes, discount }: LineInput, fieldOf: (field: string) => string): void {
  const isTaxed =
    taxes !== undefined && [taxes.taxRateId, taxes.taxRate1, taxes.taxRate2].some(Boolean);
  if (isTaxed) {
    const text = "This invoice is taxed as a whole: its lines have no taxes of their own.";
    throw new InvalidInput({ [fieldOf(taxes.key)]: [text] });
  }
  if (discount?.type !== undefined && discount.type !== null) {
    const text = "Only lines of an invoice of tax type inline have discounts of their own.";
    throw new InvalidInput({ [fieldOf("discount_type")]: [text] });
  }
}

async function servicesOf(
  tx: Tx,
  companyId: number,
  lines: readonly LineInput[],
): Promise<Map<number, ServiceTaxesRow>> {
  const ids = new Set(lines.flatMap(({ serviceId }) => serviceId ?? []));
  return ids.size === 0
    ? new Map()
    : byId(await listServiceTaxes(tx, { companyId, ids: [...ids] }));
}

async function ratesOf(
  tx: Tx,
  companyId: number,
  lines: readonly LineInput[],
): Promise<Map<number, TaxRateRow>> {
  const ids = new Set(lines.flatMap(({ taxes }) => taxes?.taxRateId ?? []));
  return ids.size === 0
    ? new Map()
    : byId(await listTaxRatesByIds(tx, { companyId, ids: [...ids] }));
}
