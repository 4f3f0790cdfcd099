import { listBankAccounts } from "../../../db/bank-accounts.ts";
import { listJson, wholeListAnswer, wholeListQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { bankAccountJson, presentBankAccount } from "./bank-account-schema.ts";

/** GET /settings/bank-accounts — all of them, by sort_order. */
export const getBankAccountsRoute = defineRoute({
  method: "get",
  path: "/settings/bank-accounts",
  summary: "List bank accounts",
  tag: "Settings",
  access: { scope: "settings:read" },
  query: wholeListQuery,
  answers: { 200: listJson(bankAccountJson, {}) },

  async run({ sql, company }, { query }) {
    const accounts = await listBankAccounts(sql, company.id);
    return wholeListAnswer(accounts.map(presentBankAccount), query);
  },
});
