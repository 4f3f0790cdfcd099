import { z } from "zod";
import { listBankAccounts } from "../../../db/bank-accounts.ts";
import { defineRoute } from "../../define-route.ts";
import { bankAccountJson, presentBankAccount } from "./bank-account-schema.ts";

/** GET /settings/bank-accounts — all of them, by sort_order. */
export const getBankAccountsRoute = defineRoute({
  method: "get",
  path: "/settings/bank-accounts",
  summary: "List bank accounts",
  tag: "Settings",
  access: { scope: "settings:read" },
  answers: { 200: z.object({ data: z.array(bankAccountJson) }) },

  async run({ sql, company }) {
    const accounts = await listBankAccounts(sql, company.id);
    return { status: 200, body: { data: accounts.map(presentBankAccount) } };
  },
});
