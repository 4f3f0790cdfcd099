import { z } from "zod";
import { listBankAccounts } from "../../../db/bank-accounts.ts";
import { getInvoice } from "../../../db/invoices.ts";
import { InvalidInput } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { bankDetailsJson, isPayable, presentBankDetails } from "./schema.ts";
import { portalParams, visit } from "./visit.ts";

/** POST /portal/invoices/:uuid/checkout — how to pay: the company's bank accounts. */
export const postPortalCheckoutRoute = defineRoute({
  method: "post",
  path: "/portal/invoices/:uuid/checkout",
  summary: "Initiate portal payment",
  description:
    "Public: the UUID is the key. Answers the company's bank accounts with what to write on the transfer. " +
    "422 when there is nothing to pay, or nowhere to pay it to.",
  tag: "Client portal",
  access: "public",
  params: portalParams,
  answers: {
    200: z.object({
      data: z.object({
        payment_method: z.literal("bank_details"),
        bank_accounts: bankDetailsJson,
        reference: z.string(),
        amount: z.int(),
        currency: z.string(),
      }),
    }),
  },

  async run({ tx, clock }, { params }) {
    const { by, id } = await visit(tx, clock, { what: "Invoice", uuid: params.uuid });
    const companyId = by.company.id;
    const invoice = await getInvoice(tx, { companyId, id });
    const accounts = await listBankAccounts(tx, companyId);
    if (!isPayable(invoice) || accounts.length === 0) {
      const code = isPayable(invoice) ? "no_payment_method" : "not_payable";
      throw new InvalidInput({ invoice: ["Invoice is not payable."] }, { code });
    }
    const data = {
      payment_method: "bank_details",
      bank_accounts: presentBankDetails(accounts),
      reference: invoice.invoiceNumber,
      amount: invoice.amountDue,
      currency: invoice.currency,
    };
    return { status: 200, body: { data } };
  },
});
