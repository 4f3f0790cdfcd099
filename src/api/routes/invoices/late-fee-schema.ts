import { z } from "zod";
import type { InvoiceLateFeeRow } from "../../../db/invoice-late-fees.ts";
import { dateJson, instantJson, presentInstant } from "../../answers.ts";
import { minorJson, presentMinor } from "../../units.ts";

/** A fee in the fee ledger, where a waived one stays (BILLING.md 6). */
export const invoiceLateFeeJson = z
  .object({
    occurrence: z.int(),
    business_date: dateJson,
    fee: minorJson,
    tax: minorJson,
    line_id: z.int().nullable(),
    waived_at: instantJson.nullable(),
  })
  .meta({ id: "InvoiceLateFee" });

export function presentInvoiceLateFee(fee: InvoiceLateFeeRow) {
  return {
    occurrence: fee.occurrence,
    business_date: fee.businessDate,
    fee: presentMinor(fee.fee),
    tax: presentMinor(fee.tax),
    line_id: fee.lineId,
    waived_at: presentInstant(fee.waivedAt),
  };
}
