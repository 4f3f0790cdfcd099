import { z } from "zod";
import { recordAudit } from "../../../db/audit.ts";
import { deleteBankAccountRow, lockBankAccount } from "../../../db/bank-accounts.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { bankAccountAudit } from "./bank-account-schema.ts";

/** DELETE /settings/bank-accounts/:id — clients are no longer shown it. */
export const deleteBankAccountRoute = defineRoute({
  method: "delete",
  path: "/settings/bank-accounts/:id",
  summary: "Delete a bank account",
  tag: "Settings",
  access: { scope: "settings:write" },
  params: z.object({ id: idParam }),
  answers: { 204: null },

  async run(context, { params }) {
    const { tx, company } = context;
    const key = { companyId: company.id, id: params.id };
    await lockBankAccount(tx, key);
    await deleteBankAccountRow(tx, key);
    await recordAudit(tx, bankAccountAudit(context, { action: "deleted", id: params.id }));
    return { status: 204 };
  },
});
