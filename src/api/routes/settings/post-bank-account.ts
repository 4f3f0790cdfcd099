import { z } from "zod";
import { recordAudit } from "../../../db/audit.ts";
import { insertBankAccount } from "../../../db/bank-accounts.ts";
import { defineRoute } from "../../define-route.ts";
import {
  bankAccountAudit,
  bankAccountJson,
  createBankAccountBody,
  presentBankAccount,
} from "./bank-account-schema.ts";

/** POST /settings/bank-accounts — shown to clients in the portal from now on. */
export const postBankAccountRoute = defineRoute({
  method: "post",
  path: "/settings/bank-accounts",
  summary: "Create a bank account",
  description: "Name and details are shown to clients, beside the invoices they owe.",
  tag: "Settings",
  access: { scope: "settings:write" },
  body: createBankAccountBody,
  answers: { 201: z.object({ data: bankAccountJson }) },

  async run(context, { body }) {
    const { tx, company, now } = context;
    const account = await insertBankAccount(tx, {
      companyId: company.id,
      name: body.name,
      details: body.details ?? null,
      sortOrder: body.sort_order ?? 0,
      createdAt: now,
    });
    await recordAudit(tx, bankAccountAudit(context, { action: "created", id: account.id }));
    return { status: 201, body: { data: presentBankAccount(account) } };
  },
});
