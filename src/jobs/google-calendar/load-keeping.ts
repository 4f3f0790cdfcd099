import { findCompany } from "../../db/companies.ts";
import { NotFound } from "../../errors.ts";
import type { JobContext } from "../define-job.ts";
import type { KeepingOf } from "./read-changes.ts";

/** Where and when a company keeps what comes from its calendar. */
export async function loadKeeping(
  { sql, clock }: JobContext,
  companyId: number,
): Promise<KeepingOf> {
  const company = await findCompany(sql, companyId);
  if (company === undefined) throw new NotFound("Company");
  const machineNow = clock.now();
  return (sync) => ({ company, sync, now: company.testNow ?? machineNow, machineNow });
}
