import { z } from "zod";
import { isPayable } from "../../../billing/statuses.ts";
import { listBankAccounts } from "../../../db/bank-accounts.ts";
import { getInvoice } from "../../../db/invoices.ts";
import { defineRoute } from "../../define-route.ts";
import { minorJson } from "../../units.ts";
import { findPaymentPage, notPayable } from "./pay-at-stripe.ts";
import { bankDetailsJson, presentBankDetails } from "./schema.ts";
import { portalParams, visit } from "./visit.ts";

const bankTransferJson = z.object({
  payment_method: z.literal("bank_details"),
  bank_accounts: bankDetailsJson,
  reference: z.string(),
  amount: minorJson,
  currency: z.string(),
});

/** POST /portal/invoices/:uuid/checkout — how to pay: at Stripe, else to the company's bank accounts. */
export const postPortalCheckoutRoute = defineRoute({
  method: "post",
  path: "/portal/invoices/:uuid/checkout",
  summary: "Initiate portal payment",
  description:
    "Public: the UUID is the key. Answers the page at Stripe where what the invoice lacks is paid, the " +
    "same one while it is open; where the company is not connected, or Stripe does not charge this " +
    "amount, its bank accounts with what to write on the transfer. 422 when there is nothing to pay, " +
    "nowhere to pay it to, or a payment is on its way (`payment_in_progress`); 502 when Stripe fails.",
  tag: "Client portal",
  access: "public",
  params: portalParams,
  answers: {
    200: z.object({ data: z.union([z.object({ checkout_url: z.url() }), bankTransferJson]) }),
  },
  failures: [502],
  isTransactional: false,

  async run({ sql, clock, services }, { params }) {
    const { by, id } = await visit(sql, clock, { what: "Invoice", uuid: params.uuid });
    const companyId = by.company.id;
    const invoice = await getInvoice(sql, { companyId, id });
    if (!isPayable(invoice)) throw notPayable();
    const page = await findPaymentPage({ sql, clock, services }, invoice);
    if (page !== undefined) return { status: 200, body: { data: { checkout_url: page } } };
    const accounts = await listBankAccounts(sql, companyId);
    if (accounts.length === 0) throw notPayable("no_payment_method");
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
