import { parseScaled } from "../billing/money.ts";
import type { Tx } from "../db/client.ts";
import { lockExpenses, type ExpenseRow } from "../db/expenses.ts";
import { lockInvoice, type InvoiceRow } from "../db/invoices.ts";
import { InvalidInput } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { billWork, describeWork } from "./bill-work.ts";
import { byId } from "./by-id.ts";
import type { NamedTaxes } from "./choose-taxes.ts";

/**
 * Bills expenses on: each becomes a line of one piece over its amount, taxed at its own rate, or as the
 * company does by default where it has none. Throws `Conflict` when the invoice is paid or cancelled,
 * `InvalidInput` when an expense cannot be billed on it; then none is.
 */
export async function importExpenses(
  tx: Tx,
  by: Acting,
  { invoiceId, ids }: { invoiceId: number; ids: readonly number[] },
): Promise<InvoiceRow> {
  const companyId = by.company.id;
  const invoice = await lockInvoice(tx, { companyId, id: invoiceId });
  if (ids.length === 0) return invoice;

  const found = byId(await lockExpenses(tx, { companyId, ids }));
  const expenses = ids.map((id, index) => checkBillable(invoice, found.get(id), index));
  return await billWork(tx, by, {
    invoiceId,
    table: "expenses",
    key: "expense_ids",
    work: expenses.map((expense) => {
      const what = expense.description ?? expense.vendor ?? expense.category.replaceAll("_", " ");
      const line = {
        description: describeWork(what, expense.expenseDate),
        quantity: 10_000n,
        unitPrice: expense.amount * 1_000_000n,
        taxes: taxesOf(expense),
      };
      return { id: expense.id, line };
    }),
  });
}

function checkBillable(
  invoice: InvoiceRow,
  expense: ExpenseRow | undefined,
  index: number,
): ExpenseRow {
  const refuse = (text: string): never => {
    throw new InvalidInput({ [`expense_ids.${index}`]: [text] });
  };
  if (expense === undefined) return refuse("There is no such expense.");
  if (expense.isBilled) {
    return refuse(
      expense.invoiceId === null
        ? "This expense is already billed."
        : `This expense is already billed on invoice ${expense.invoiceId}.`,
    );
  }
  if (!expense.isBillable) return refuse("This expense is not billable.");
  if (expense.isArchived) return refuse("This expense is archived.");
  if (expense.clientId !== null && expense.clientId !== invoice.clientId) {
    return refuse("This expense was made for another client.");
  }
  if (expense.currency !== invoice.currency) {
    return refuse(`This expense is in ${expense.currency}, the invoice in ${invoice.currency}.`);
  }
  if (expense.taxAmount > 0n && taxesOf(expense) === undefined) {
    // A line is taxed by a rate; left out, the tax that was paid would never be billed.
    return refuse(
      "This expense has tax and no tax_rate: give it one, or put the tax in its amount.",
    );
  }
  return expense;
}

/** The expense's own tax; undefined where it says nothing of tax. */
function taxesOf({ taxName, taxRate }: ExpenseRow): NamedTaxes | undefined {
  const rate = parseScaled(taxRate, 3) ?? 0n;
  if (rate === 0n) return undefined;
  return {
    key: "tax_rate",
    taxName1: taxName ?? "Tax",
    taxRate1: rate,
    taxRateId: null,
    taxName2: null,
    taxRate2: null,
  };
}
