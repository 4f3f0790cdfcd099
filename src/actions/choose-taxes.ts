import { parseScaled } from "../billing/money.ts";
import type { CompanyRow } from "../db/companies.ts";
import type { ServiceTaxesRow } from "../db/invoice-references.ts";
import type { TaxRateRow } from "../db/tax-rates.ts";
import type { LineDraft } from "./price-invoice.ts";

/** The two taxes of a line; `taxRateId` is the kept rate that the first one was taken from. */
export type LineTaxes = Pick<
  LineDraft,
  "taxName1" | "taxRate1" | "taxRateId" | "taxName2" | "taxRate2"
>;

/** Taxes as a request names them. A `taxRateId` brings the first one's name and rate. */
export interface NamedTaxes extends LineTaxes {
  /** The field that speaks of them, for what is wrong with them. */
  key: string;
}

/**
 * What a line is taxed with: what the request says; else what the line has; else what its service
 * brings; else what the company taxes by default. A kept rate that the line has already stays as it
 * was taken. Undefined when the request names a rate that is not there.
 */
export function chooseTaxes(
  company: CompanyRow,
  from: {
    given: NamedTaxes | undefined;
    stored: LineDraft | undefined;
    service: ServiceTaxesRow | undefined;
    rates: ReadonlyMap<number, TaxRateRow>;
  },
): LineTaxes | undefined {
  const { given, stored, service, rates } = from;
  if (given !== undefined) {
    const { key: _key, ...taxes } = given;
    if (taxes.taxRateId === null) return taxes;
    const { taxRateId } = taxes;
    if (taxRateId === stored?.taxRateId) {
      return { ...taxes, taxName1: stored.taxName1, taxRate1: stored.taxRate1 };
    }
    const rate = rates.get(taxRateId);
    return rate === undefined
      ? undefined
      : { ...taxes, taxName1: rate.name, taxRate1: scaledRate(rate.rate) };
  }
  if (stored !== undefined) {
    const { taxName1, taxRate1, taxRateId, taxName2, taxRate2 } = stored;
    return { taxName1, taxRate1, taxRateId, taxName2, taxRate2 };
  }
  if (service !== undefined && (service.taxRate1 ?? service.taxRate2) !== null) {
    return storedTaxes(service);
  }
  return storedTaxes({
    taxName1: company.defaultTaxName1,
    taxRate1: company.defaultTaxRate1,
    taxName2: company.defaultTaxName2,
    taxRate2: company.defaultTaxRate2,
  });
}

/** Basis points as they are kept, ×10³. */
export function scaledRate(rate: string | null): bigint | null {
  return rate === null ? null : (parseScaled(rate, 3) ?? null);
}

/** A name without a rate is no tax. */
function storedTaxes(stored: Omit<ServiceTaxesRow, "id">): LineTaxes {
  const taxRate1 = scaledRate(stored.taxRate1);
  const taxRate2 = scaledRate(stored.taxRate2);
  return {
    taxName1: taxRate1 === null ? null : stored.taxName1,
    taxRate1,
    taxRateId: null,
    taxName2: taxRate2 === null ? null : stored.taxName2,
    taxRate2,
  };
}
