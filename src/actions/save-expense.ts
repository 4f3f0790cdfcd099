import { formatScaled, parseScaled } from "../billing/money.ts";
import { taxOn } from "../billing/totals.ts";
import type { Tx } from "../db/client.ts";
import {
  insertExpense,
  updateExpenseRow,
  type ExpenseFields,
  type ExpenseRow,
} from "../db/expenses.ts";
import type { Acting } from "./acting.ts";
import { refuseBilledExpense } from "./change-expenses.ts";
import { completeWork } from "./complete-work.ts";
import { plainField } from "./complete-lines.ts";
import { differences, fieldNames } from "./differences.ts";
import { recordExpenseEvent } from "./expense-events.ts";

/** What is left out stays as it is, or as a new expense has it. */
export type ExpenseChanges = {
  [K in keyof Omit<ExpenseFields, "taxRate">]?: ExpenseFields[K] | undefined;
} & {
  /** Basis points ×10³. */
  taxRate?: bigint | undefined;
};

export type ExpenseInput = ExpenseChanges &
  Pick<ExpenseFields, "category" | "amount" | "expenseDate">;

/**
 * Writes an expense of a user's. Its currency is the company's unless given; its client the project's;
 * tax that is not given follows from the rate. Throws `InvalidInput` for what does not fit.
 */
export async function createExpense(
  tx: Tx,
  by: Acting,
  { userId, ...input }: ExpenseInput & { userId: number },
): Promise<ExpenseRow> {
  const { amount, category, expenseDate, taxRate = 0n } = input;
  const fields: ExpenseFields = {
    ...(await completeOwners(tx, by, { userId, ...input })),
    category,
    vendor: input.vendor ?? null,
    description: input.description ?? null,
    amount,
    currency: input.currency ?? by.company.currency,
    taxAmount: input.taxAmount ?? taxOn(amount, taxRate),
    taxName: input.taxName ?? null,
    taxRate: formatScaled(taxRate, 3),
    expenseDate,
    isBillable: input.isBillable ?? false,
    reference: input.reference ?? null,
  };
  const owner = { companyId: by.company.id, userId, now: by.now };
  const expense = await insertExpense(tx, { ...owner, ...fields });
  await recordExpenseEvent(tx, by, "expense.created", expense);
  return expense;
}

/**
 * Changes a locked expense. One that an invoice bills takes only other words: its line is what the
 * client was told. Tax that is not given is worked out anew when amount or rate is another and there is
 * a rate to go by. Throws `Conflict` for a billed expense, `InvalidInput` for wrong values.
 */
export async function updateExpense(
  tx: Tx,
  by: Acting,
  expense: ExpenseRow,
  { taxRate, ...changes }: ExpenseChanges,
): Promise<ExpenseRow> {
  const wanted = {
    ...changes,
    ...(await completeOwners(tx, by, { userId: expense.userId, ...changes, stored: expense })),
    taxRate: taxRate === undefined ? undefined : formatScaled(taxRate, 3),
    taxAmount: changes.taxAmount ?? taxAnew(expense, { amount: changes.amount, taxRate }),
  };
  const { changes: different, changed } = differences<ExpenseRow, keyof ExpenseFields>(
    expense,
    wanted,
    columns,
  );
  if (changed.some((column) => !words.has(column))) refuseBilledExpense(expense);
  if (changed.length === 0) return expense;
  const key = { companyId: by.company.id, id: expense.id, now: by.now };
  const updated = await updateExpenseRow(tx, key, different);
  await recordExpenseEvent(tx, by, "expense.updated", updated, { changed: fieldNames(changed) });
  return updated;
}

const columns = [
  "clientId",
  "projectId",
  "category",
  "vendor",
  "description",
  "amount",
  "currency",
  "taxAmount",
  "taxName",
  "taxRate",
  "expenseDate",
  "isBillable",
  "reference",
] as const satisfies readonly (keyof ExpenseFields)[];

/** What may be said otherwise of an expense that is billed. */
const words: ReadonlySet<keyof ExpenseFields> = new Set([
  "category",
  "vendor",
  "description",
  "reference",
]);

/** Another project brings its own client, unless the request says one. */
async function completeOwners(
  tx: Tx,
  by: Acting,
  input: Pick<ExpenseChanges, "clientId" | "projectId"> & { userId: number; stored?: ExpenseRow },
): Promise<Pick<ExpenseFields, "clientId" | "projectId">> {
  const { stored } = input;
  const projectId = input.projectId === undefined ? (stored?.projectId ?? null) : input.projectId;
  const keepsClient = stored !== undefined && projectId === stored.projectId;
  const [work] = await completeWork(tx, by.company, {
    userId: input.userId,
    works: [
      {
        clientId: input.clientId === undefined && keepsClient ? stored.clientId : input.clientId,
        projectId,
        serviceId: null,
      },
    ],
    ...(stored === undefined
      ? {}
      : { stored: { ...stored, serviceId: null, taskId: null, hourlyRate: null } }),
    fieldOf: plainField,
  });
  return { clientId: work!.clientId, projectId: work!.projectId };
}

function taxAnew(
  expense: ExpenseRow,
  wanted: { amount: bigint | undefined; taxRate: bigint | undefined },
): bigint | undefined {
  const storedRate = parseScaled(expense.taxRate, 3) ?? 0n;
  const { amount = expense.amount, taxRate = storedRate } = wanted;
  if (amount === expense.amount && taxRate === storedRate) return undefined;
  // Without a rate before and after, the tax is what somebody read off the receipt.
  return taxRate === 0n && storedRate === 0n ? undefined : taxOn(amount, taxRate);
}
