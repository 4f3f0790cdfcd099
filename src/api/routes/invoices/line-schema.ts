import { z } from "zod";
import type { InvoiceLineRow } from "../../../db/invoice-lines.ts";
import { instantJson, presentInstant } from "../../answers.ts";
import { minorJson, moneyJson, presentMinor, units } from "../../units.ts";
import { presentDiscountValue } from "./schema.ts";

export const lineJson = z
  .object({
    id: z.int(),
    service_id: z.int().nullable(),
    time_entry_id: z.int().nullable(),
    expense_id: z.int().nullable(),
    description: z.string(),
    long_description: z.string().nullable(),
    quantity: z.number(),
    unit: z.string().nullable(),
    unit_price: z.string().meta({ description: units.unitPrice }),
    amount: minorJson,
    discount_type: z.enum(["percentage", "fixed"]).nullable(),
    discount_value: z.number().nullable().meta({
      description: "The line's own discount: per cent, or minor units when fixed.",
    }),
    discount_amount: moneyJson("The line's own discount and its share of the invoice's."),
    tax_name_1: z.string().nullable(),
    tax_rate_1: z.number().nullable().meta({ description: "Basis points." }),
    tax_rate_id: z.int().nullable().meta({ description: "The kept rate that the first tax is." }),
    tax_amount_1: minorJson,
    tax_name_2: z.string().nullable(),
    tax_rate_2: z.number().nullable().meta({ description: "Basis points." }),
    tax_amount_2: minorJson,
    sort_order: z.int(),
    is_late_fee: z.boolean(),
    created_at: instantJson,
    updated_at: instantJson,
  })
  .meta({ id: "InvoiceLine" });

export function presentLine(line: Omit<InvoiceLineRow, "invoiceId">) {
  return {
    id: line.id,
    service_id: line.serviceId,
    time_entry_id: line.timeEntryId,
    expense_id: line.expenseId,
    description: line.description,
    long_description: line.longDescription,
    quantity: Number(line.quantity),
    unit: line.unit,
    unit_price: line.unitPrice,
    amount: presentMinor(line.amount),
    discount_type: line.discountType,
    discount_value: presentDiscountValue(line),
    discount_amount: presentMinor(line.discountAmount),
    tax_name_1: line.taxName1,
    tax_rate_1: line.taxRate1 === null ? null : Number(line.taxRate1),
    tax_rate_id: line.taxRateId,
    tax_amount_1: presentMinor(line.taxAmount1),
    tax_name_2: line.taxName2,
    tax_rate_2: line.taxRate2 === null ? null : Number(line.taxRate2),
    tax_amount_2: presentMinor(line.taxAmount2),
    sort_order: line.sortOrder,
    is_late_fee: line.isLateFee,
    created_at: presentInstant(line.createdAt),
    updated_at: presentInstant(line.updatedAt),
  };
}
