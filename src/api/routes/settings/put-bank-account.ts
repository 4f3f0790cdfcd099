import { z } from "zod";
import { recordAudit } from "../../../db/audit.ts";
import { lockBankAccount, updateBankAccount } from "../../../db/bank-accounts.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import {
  bankAccountAudit,
  bankAccountJson,
  presentBankAccount,
  updateBankAccountBody,
} from "./bank-account-schema.ts";

/** PUT and PATCH /settings/bank-accounts/:id — what is left out stays as it is. */
export const putBankAccountRoute = defineRoute({
  method: "put",
  alsoPatch: true,
  putRequires: ["name"],
  path: "/settings/bank-accounts/:id",
  summary: "Update a bank account",
  tag: "Settings",
  access: { scope: "settings:write" },
  params: z.object({ id: idParam }),
  body: updateBankAccountBody,
  answers: { 200: z.object({ data: bankAccountJson }) },

  async run(context, { params, body }) {
    const { tx, company, now } = context;
    const key = { companyId: company.id, id: params.id };
    const before = await lockBankAccount(tx, key);
    const account = await updateBankAccount(tx, key, {
      name: body.name ?? before.name,
      details: body.details === undefined ? before.details : body.details,
      sortOrder: body.sort_order ?? before.sortOrder,
      updatedAt: now,
    });
    const change = { action: "updated", id: account.id, fields: Object.keys(body) } as const;
    await recordAudit(tx, bankAccountAudit(context, change));
    return { status: 200, body: { data: presentBankAccount(account) }, version: account };
  },
});
