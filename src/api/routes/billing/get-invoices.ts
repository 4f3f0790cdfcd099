import { z } from "zod";
import { findPlanCustomer } from "../../../db/plan-customers.ts";
import { defineRoute } from "../../define-route.ts";
import { minorJson } from "../../units.ts";
import { getStripe, stripeSignal } from "./stripe.ts";

/** The contract's: so many, the newest. */
const INVOICES_MAX = 12;

const planInvoiceJson = z
  .object({
    id: z.string(),
    number: z.string().nullable(),
    amount: minorJson,
    currency: z.string(),
    status: z.string().nullable(),
    date: z.iso.date().meta({ description: "The day in UTC." }),
    pdf_url: z.url().nullable(),
  })
  .meta({ id: "PlanInvoice" });

/** GET /billing/invoices — what the user was charged for a plan. */
export const getBillingInvoicesRoute = defineRoute({
  method: "get",
  path: "/billing/invoices",
  summary: "List invoices of the subscription",
  description:
    "The last twelve at Stripe, the newest first; none for who has never been at the checkout.",
  tag: "Plans",
  access: "session",
  answers: { 200: z.object({ data: z.array(planInvoiceJson) }) },
  failures: [502, 503],

  async run({ services, sql, user }) {
    const customer = await findPlanCustomer(sql, user.id);
    const invoices =
      customer === undefined
        ? []
        : await getStripe(services).listInvoices(
            { customerId: customer.stripeCustomer, limit: INVOICES_MAX },
            stripeSignal(),
          );
    const data: z.input<typeof planInvoiceJson>[] = invoices.map((invoice) => ({
      id: invoice.id,
      number: invoice.number,
      amount: invoice.amount,
      currency: invoice.currency.toUpperCase(),
      status: invoice.status,
      date: invoice.createdAt.toISOString().slice(0, 10),
      pdf_url: invoice.pdfUrl,
    }));
    return { status: 200, body: { data } };
  },
});
