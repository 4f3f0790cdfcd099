import { z } from "zod";
import { getBankAccount } from "../../../db/bank-accounts.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { bankAccountJson, presentBankAccount } from "./bank-account-schema.ts";

/** GET /settings/bank-accounts/:id */
export const getBankAccountRoute = defineRoute({
  method: "get",
  path: "/settings/bank-accounts/:id",
  summary: "Show a bank account",
  tag: "Settings",
  access: { scope: "settings:read" },
  params: z.object({ id: idParam }),
  answers: { 200: z.object({ data: bankAccountJson }) },

  async run({ sql, company }, { params }) {
    const account = await getBankAccount(sql, { companyId: company.id, id: params.id });
    return { status: 200, body: { data: presentBankAccount(account) }, version: account };
  },
});
