import { repriceRecurringInvoices } from "../actions/reprice-recurring-invoices.ts";
import { rescheduleNights } from "../actions/schedule-night.ts";
import { recordAudit } from "../db/audit.ts";
import type { Tx } from "../db/client.ts";
import {
  findCompany,
  updateCompany,
  type CompanyFields,
  type CompanyRow,
} from "../db/companies.ts";
import { NotFound } from "../errors.ts";
import { withChanges } from "./changes.ts";

/**
 * Changes what is said about a company. Plans its next night afresh when zone or hour changed, and
 * prices its series anew when tax is rounded another way.
 * The caller has locked the row (lockCompany) and checked the role. Undefined leaves a field alone.
 */
export async function changeCompany(
  tx: Tx,
  change: {
    company: CompanyRow;
    changes: { [K in keyof CompanyFields]?: CompanyFields[K] | undefined };
    machineNow: Date;
    by: { userId: number; apiTokenId?: number | null; requestId: string };
  },
): Promise<CompanyRow> {
  const { company, changes, machineNow, by } = change;
  const wanted = withChanges<CompanyFields>(company, changes);
  const now = company.testNow ?? machineNow;
  await updateCompany(tx, company.id, { ...wanted, now });
  if (
    wanted.timezone !== company.timezone ||
    wanted.billingHour !== company.billingHour ||
    wanted.billingMinute !== company.billingMinute
  ) {
    await rescheduleNights(tx, company.id, machineNow);
  }
  if (wanted.taxRounding !== company.taxRounding) {
    await repriceRecurringInvoices(tx, { company: { ...company, ...wanted }, now });
  }
  await recordAudit(tx, {
    companyId: company.id,
    userId: by.userId,
    apiTokenId: by.apiTokenId ?? null,
    action: "company.updated",
    subjectType: "company",
    subjectId: company.id,
    details: { fields: namesOfChanges(company, changes) },
    requestId: by.requestId,
  });
  const changed = await findCompany(tx, company.id);
  if (changed === undefined) throw new NotFound("Company");
  return changed;
}

/** Which fields are different now. Their values stay out of the log: addresses are personal. */
function namesOfChanges(before: CompanyRow, changes: object): string[] {
  const old = new Map<string, unknown>(Object.entries(before));
  return Object.entries(changes)
    .filter(([name, value]) => value !== undefined && value !== old.get(name))
    .map(([name]) => name);
}
