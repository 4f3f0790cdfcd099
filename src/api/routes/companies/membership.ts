import { findCompany, lockCompany, type CompanyRow } from "../../../db/companies.ts";
import { findRole, type Role } from "../../../db/company-members.ts";
import type { Sql, Tx } from "../../../db/client.ts";
import { NotFound } from "../../../errors.ts";

/** The company of the address, when the user belongs to it. Throws NotFound otherwise. */
export async function getOwnCompany(
  sql: Sql | Tx,
  { companyId, userId }: { companyId: number; userId: number },
): Promise<{ company: CompanyRow; role: Role }> {
  const role = await findRole(sql, { companyId, userId });
  const company = role === undefined ? undefined : await findCompany(sql, companyId);
  if (role === undefined || company === undefined) throw new NotFound("Company");
  return { company, role };
}

/** As getOwnCompany, and nobody else changes the company until the transaction ends. */
export async function lockOwnCompany(
  tx: Tx,
  { companyId, userId }: { companyId: number; userId: number },
): Promise<{ company: CompanyRow; role: Role }> {
  const role = await findRole(tx, { companyId, userId });
  const company = role === undefined ? undefined : await lockCompany(tx, companyId);
  if (role === undefined || company === undefined) throw new NotFound("Company");
  return { company, role };
}
