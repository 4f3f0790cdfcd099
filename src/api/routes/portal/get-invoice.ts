import { z } from "zod";
import { viewInvoice } from "../../../actions/answer-portal.ts";
import { sumTaxes } from "../../../actions/sum-taxes.ts";
import { isPayable } from "../../../billing/statuses.ts";
import { listBankAccounts } from "../../../db/bank-accounts.ts";
import { listAdjustments } from "../../../db/invoice-adjustments.ts";
import { listInvoiceLines } from "../../../db/invoice-lines.ts";
import { listInvoiceTaxes } from "../../../db/invoice-taxes.ts";
import { getInvoicedClient } from "../../../db/invoice-references.ts";
import { inTransaction } from "../../../db/transaction.ts";
import { defineRoute } from "../../define-route.ts";
import {
  bankDetailsJson,
  portalInvoiceJson,
  presentBankDetails,
  presentPortalInvoice,
  presentPortalParts,
} from "./schema.ts";
import { canPayAtStripe } from "./pay-at-stripe.ts";
import { portalParams, visit } from "./visit.ts";

/** GET /portal/invoices/:uuid — the first look makes a sent invoice viewed. */
export const getPortalInvoiceRoute = defineRoute({
  method: "get",
  path: "/portal/invoices/:uuid",
  summary: "Get invoice for client portal",
  description:
    "Public: the UUID is the key. The first look marks the invoice as viewed. `payment_available` says " +
    "whether it can be paid online; `bank_details` are the company's accounts, or null. Drafts are 404.",
  tag: "Client portal",
  access: "public",
  params: portalParams,
  answers: {
    200: z.object({
      data: portalInvoiceJson,
      payment_available: z.boolean(),
      bank_details: bankDetailsJson.nullable(),
    }),
  },

  async run({ sql, clock, services }, { params }) {
    const { by, id } = await visit(sql, clock, { what: "Invoice", uuid: params.uuid });
    const invoice = await inTransaction(sql, (tx) => viewInvoice(tx, by, { invoiceId: id }));
    const companyId = by.company.id;
    const [client, lines, taxes, adjustments, accounts, payment_available] = await Promise.all([
      getInvoicedClient(sql, { companyId, clientId: invoice.clientId }),
      listInvoiceLines(sql, { companyId, invoiceId: id }),
      listInvoiceTaxes(sql, { companyId, invoiceIds: [id] }),
      listAdjustments(sql, { companyId, invoiceId: id }),
      isPayable(invoice) ? listBankAccounts(sql, companyId) : [],
      canPayAtStripe(sql, services, invoice),
    ]);
    const ordinary = lines.filter((line) => !line.isLateFee);
    const data = {
      ...presentPortalInvoice(invoice, sumTaxes(ordinary, taxes)),
      adjustments: adjustments.map(({ description, amount }) => ({ description, amount })),
      ...presentPortalParts(by.company, client, lines),
    };
    const bankDetails = accounts.length === 0 ? null : presentBankDetails(accounts);
    return { status: 200, body: { data, payment_available, bank_details: bankDetails } };
  },
});
