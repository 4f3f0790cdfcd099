import type { Tx } from "../db/client.ts";
import { listInvoiceTaxes } from "../db/invoice-taxes.ts";
import type { InvoiceRow } from "../db/invoices.ts";
import { listTaxRatesByIds } from "../db/tax-rates.ts";
import { InvalidInput } from "../errors.ts";
import { byId } from "./by-id.ts";
import { scaledRate } from "./choose-taxes.ts";
import type { TaxDraft, Taxation } from "./price-invoice.ts";

/** How an invoice is taxed now. */
export async function taxationOf(tx: Tx, invoice: InvoiceRow): Promise<Taxation> {
  const { companyId, id, taxType } = invoice;
  if (taxType === "inline") return { taxType, taxes: [] };
  const stored = await listInvoiceTaxes(tx, { companyId, invoiceIds: [id] });
  return {
    taxType,
    taxes: stored.map(({ taxRateId, name, rate }) => ({
      taxRateId,
      name,
      rate: scaledRate(rate)!,
    })),
  };
}

/**
 * How an invoice is to be taxed. Kept rates are copied as they are now; one the invoice has already
 * stays as it was taken, even if it was changed or deleted since (BILLING.md 5.2). Throws
 * `InvalidInput` for a rate that is not there or given twice, and for rates of an inline invoice.
 */
export async function changeTaxation(
  tx: Tx,
  companyId: number,
  stored: Taxation,
  input: { taxType?: "inline" | "summary" | undefined; taxRateIds?: readonly number[] | undefined },
): Promise<Taxation> {
  const { taxType = stored.taxType, taxRateIds } = input;
  if (taxType === "inline") {
    if (taxRateIds !== undefined && taxRateIds.length > 0) {
      const text = "Only an invoice of tax type summary has rates of its own; here the lines have.";
      throw new InvalidInput({ tax_rate_ids: [text] });
    }
    return { taxType, taxes: [] };
  }
  if (taxRateIds === undefined) return { taxType, taxes: stored.taxes };

  const known = new Map<number, TaxDraft>(stored.taxes.map((tax) => [tax.taxRateId, tax]));
  const ids = taxRateIds.filter((id) => !known.has(id));
  const rates = byId(ids.length === 0 ? [] : await listTaxRatesByIds(tx, { companyId, ids }));
  const taxes = taxRateIds.map((id, index): TaxDraft => {
    const rate = rates.get(id);
    const isTwice = taxRateIds.indexOf(id) !== index;
    const tax =
      known.get(id) ?? (rate && { taxRateId: id, name: rate.name, rate: scaledRate(rate.rate)! });
    if (tax === undefined || isTwice) {
      const text = isTwice ? "Given twice." : "There is no such tax rate.";
      throw new InvalidInput({ [`tax_rate_ids.${index}`]: [text] });
    }
    return tax;
  });
  return { taxType, taxes };
}

/** Whether two ways are the same, so that nothing need be worked out anew. */
export function isSameTaxation(one: Taxation, other: Taxation): boolean {
  return (
    one.taxType === other.taxType &&
    one.taxes.length === other.taxes.length &&
    one.taxes.every((tax, index) => tax.taxRateId === other.taxes[index]?.taxRateId)
  );
}
