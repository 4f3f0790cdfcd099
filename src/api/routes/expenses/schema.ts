import { z } from "zod";
import type { ExpenseChanges, ExpenseInput } from "../../../actions/save-expense.ts";
import { expenseCategories, type ExpenseRow } from "../../../db/expenses.ts";
import { dateJson, instantJson, presentInstant } from "../../answers.ts";
import {
  basisPoints,
  currency,
  localDate,
  moneyMinor,
  moneyMinorAboveZero,
  optionalText,
} from "../../inputs.ts";
import { presentRate } from "../../rates.ts";
import { minorJson, moneyJson, rateJson } from "../../units.ts";
import { idInBody } from "../invoices/line-inputs.ts";

/** Amounts in minor units of the expense's currency. */
export const expenseJson = z
  .object({
    id: z.int(),
    user_id: z.int().meta({ description: "Who entered it." }),
    client_id: z.int().nullable(),
    project_id: z.int().nullable(),
    invoice_id: z.int().nullable().meta({ description: "The invoice that bills it on." }),
    category: z.enum(expenseCategories),
    vendor: z.string().nullable(),
    description: z.string().nullable(),
    amount: moneyJson("Without tax."),
    currency: z.string(),
    tax_amount: minorJson,
    tax_name: z.string().nullable(),
    tax_rate: rateJson,
    expense_date: dateJson,
    status: z.enum(["pending", "billed"]).meta({ description: "`billed` as `is_billed` says." }),
    is_archived: z.boolean(),
    is_billable: z.boolean(),
    is_billed: z.boolean(),
    receipt_path: z
      .string()
      .nullable()
      .meta({ description: "Null without a receipt; fetch it at /expenses/{id}/receipt." }),
    reference: z.string().nullable(),
    created_at: instantJson,
    updated_at: instantJson,
  })
  .meta({ id: "Expense" });

export const expenseAnswer = z.object({ data: expenseJson });

export function presentExpense(expense: ExpenseRow) {
  return {
    id: expense.id,
    user_id: expense.userId,
    client_id: expense.clientId,
    project_id: expense.projectId,
    invoice_id: expense.invoiceId,
    category: expense.category,
    vendor: expense.vendor,
    description: expense.description,
    amount: expense.amount,
    currency: expense.currency,
    tax_amount: expense.taxAmount,
    tax_name: expense.taxName,
    tax_rate: presentRate(expense.taxRate),
    expense_date: expense.expenseDate,
    status: expense.isBilled ? "billed" : "pending",
    is_archived: expense.isArchived,
    is_billable: expense.isBillable,
    is_billed: expense.isBilled,
    receipt_path: expense.receiptPath,
    reference: expense.reference,
    created_at: presentInstant(expense.createdAt),
    updated_at: presentInstant(expense.updatedAt),
  };
}

/** `is_billed` and `invoice_id` are the invoice's to say, and unknown here. */
export const expenseBody = z.strictObject({
  category: z.enum(expenseCategories),
  vendor: optionalText(255),
  description: optionalText(2000),
  amount: moneyMinorAboveZero,
  currency: currency.nullable().optional(),
  tax_amount: moneyMinor.nullable().optional(),
  tax_name: optionalText(50),
  tax_rate: basisPoints.nullable().optional(),
  expense_date: localDate,
  is_billable: z.boolean().optional(),
  client_id: idInBody.nullable().optional(),
  project_id: idInBody.nullable().optional(),
  reference: optionalText(255),
});

export const expenseChanges = expenseBody.partial();

/** What PUT must give and PATCH may leave out. */
export const expenseRequired = ["amount", "expense_date"] as const;

/** What a request gives, in the names of the row. A tax of null is worked out, a rate of null is none. */
export function expenseInput(body: z.output<typeof expenseBody>): ExpenseInput;
export function expenseInput(body: z.output<typeof expenseChanges>): ExpenseChanges;
export function expenseInput(body: z.output<typeof expenseChanges>): ExpenseChanges {
  return {
    clientId: body.client_id,
    projectId: body.project_id,
    category: body.category,
    vendor: body.vendor,
    description: body.description,
    amount: body.amount,
    currency: body.currency ?? undefined,
    taxAmount: body.tax_amount ?? undefined,
    taxName: body.tax_name,
    taxRate: body.tax_rate === null ? 0n : body.tax_rate,
    expenseDate: body.expense_date,
    isBillable: body.is_billable,
    reference: body.reference,
  };
}
