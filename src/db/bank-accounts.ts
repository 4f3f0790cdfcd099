import { NotFound } from "../errors.ts";
import type { Sql, Tx } from "./client.ts";

/** Where a client may transfer money to. `details` is what the company wants to be told them. */
export interface BankAccountRow {
  id: number;
  name: string;
  details: string | null;
  sortOrder: number;
  createdAt: Date;
  updatedAt: Date;
}

export type BankAccountFields = Pick<BankAccountRow, "name" | "details" | "sortOrder">;

function columns(sql: Sql | Tx) {
  return sql`id, name, details, sort_order, created_at, updated_at`;
}

/** All of a company's accounts, in its order. */
export async function listBankAccounts(
  sql: Sql | Tx,
  companyId: number,
): Promise<BankAccountRow[]> {
  return await sql<BankAccountRow[]>`
    select ${columns(sql)} from bank_accounts
    where company_id = ${companyId}
    order by sort_order, id
  `;
}

export async function getBankAccount(
  sql: Sql | Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<BankAccountRow> {
  const [row] = await sql<BankAccountRow[]>`
    select ${columns(sql)} from bank_accounts where company_id = ${companyId} and id = ${id}
  `;
  if (row === undefined) throw new NotFound("Bank account");
  return row;
}

/** As `getBankAccount`, and nobody else may change it until the transaction ends. */
export async function lockBankAccount(
  tx: Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<BankAccountRow> {
  const [row] = await tx<BankAccountRow[]>`
    select ${columns(tx)} from bank_accounts
    where company_id = ${companyId} and id = ${id}
    for update
  `;
  if (row === undefined) throw new NotFound("Bank account");
  return row;
}

export async function insertBankAccount(
  tx: Tx,
  account: BankAccountFields & { companyId: number; createdAt: Date },
): Promise<BankAccountRow> {
  const [row] = await tx<BankAccountRow[]>`
    insert into bank_accounts ${tx({ ...account, updatedAt: account.createdAt })}
    returning ${columns(tx)}
  `;
  return row!;
}

/** Writes an account that the transaction has locked. */
export async function updateBankAccount(
  tx: Tx,
  { companyId, id }: { companyId: number; id: number },
  changes: BankAccountFields & { updatedAt: Date },
): Promise<BankAccountRow> {
  const [row] = await tx<BankAccountRow[]>`
    update bank_accounts set ${tx(changes)}
    where company_id = ${companyId} and id = ${id}
    returning ${columns(tx)}
  `;
  return row!;
}

export async function deleteBankAccountRow(
  tx: Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<void> {
  await tx`delete from bank_accounts where company_id = ${companyId} and id = ${id}`;
}
