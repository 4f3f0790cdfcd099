import { z } from "zod";
import type { AuditEntry } from "../../../db/audit.ts";
import type { BankAccountRow } from "../../../db/bank-accounts.ts";
import { instantJson, presentInstant } from "../../answers.ts";
import { changerOf } from "../../asked-by.ts";
import type { CompanyContext } from "../../context.ts";
import { optionalText, requiredText } from "../../inputs.ts";

export const bankAccountJson = z
  .object({
    id: z.int(),
    name: z.string(),
    details: z.string().nullable(),
    sort_order: z.int(),
    created_at: instantJson,
    updated_at: instantJson,
  })
  .meta({ id: "BankAccount" });

export function presentBankAccount(account: BankAccountRow): z.input<typeof bankAccountJson> {
  return {
    id: account.id,
    name: account.name,
    details: account.details,
    sort_order: account.sortOrder,
    created_at: presentInstant(account.createdAt),
    updated_at: presentInstant(account.updatedAt),
  };
}

const more = {
  details: optionalText(2000),
  sort_order: z.int().min(0).max(999_999).optional(),
};
export const createBankAccountBody = z.strictObject({ name: requiredText(100), ...more });
/** PUT must give the name, PATCH need not. */
export const updateBankAccountBody = z.strictObject({
  name: requiredText(100).optional(),
  ...more,
});

/** Where money goes to is worth an audit row for each change; the details stay out of it. */
export function bankAccountAudit(
  context: CompanyContext,
  change: { action: "created" | "updated" | "deleted"; id: number; fields?: string[] },
): AuditEntry {
  return {
    companyId: context.company.id,
    ...changerOf(context),
    action: `bank-account.${change.action}`,
    subjectType: "bank-account",
    subjectId: change.id,
    ...(change.fields === undefined ? {} : { details: { fields: change.fields } }),
  };
}
