import { ProviderRejected, WriteUnconfirmed } from "../../errors.ts";
import type { StripeClient } from "./client.ts";
import { keyOf } from "./idempotency-keys.ts";
import type { InvoicePageState, StripePayments } from "./payments-contract.ts";
import { PaymentSession } from "./schemas.ts";

/** Names our row of the page, and the invoice, in what Stripe keeps with a payment. */
const CHECKOUT_KEY = "nightledger_checkout";
const INVOICE_KEY = "nightledger_invoice";

/** Paying invoices at Stripe, as the rest of the product sees it. */
export function createStripePayments(client: StripeClient): StripePayments {
  async function readPage(
    account: string,
    id: string,
    signal: AbortSignal,
  ): Promise<InvoicePageState> {
    try {
      const { status, url, payment_intent: paymentIntent } = await client({
        what: "read a checkout page",
        schema: PaymentSession,
        signal,
        isWrite: false,
        request: (stripe) => stripe.checkout.sessions.retrieve(id, {}, { stripeAccount: account }),
      });
      return { status, url: url ?? null, paymentIntent: paymentIntent ?? null };
    } catch (error) {
      // Made with the key of the other mode, test or live: nobody can pay on it with this one.
      if (!(error instanceof ProviderRejected) || error.providerCode !== "resource_missing") {
        throw error;
      }
      return { status: "expired", url: null, paymentIntent: null };
    }
  }

  return {
    readPage,

    async openPage(account, order, signal) {
      const { checkoutId, invoiceUuid, invoiceNumber, amount, currency } = order;
      const metadata = { [CHECKOUT_KEY]: String(checkoutId), [INVOICE_KEY]: invoiceUuid };
      const name = `Invoice ${invoiceNumber}`;
      const made = await client({
        what: "open a checkout page",
        schema: PaymentSession,
        signal,
        isWrite: true,
        request: (stripe) =>
          stripe.checkout.sessions.create(
            {
              mode: "payment",
              client_reference_id: invoiceUuid,
              line_items: [
                {
                  quantity: 1,
                  price_data: {
                    currency: currency.toLowerCase(),
                    unit_amount: amount,
                    product_data: { name },
                  },
                },
              ],
              success_url: order.successUrl,
              cancel_url: order.cancelUrl,
              metadata,
              // The page's own metadata do not get to the payment.
              payment_intent_data: { description: name, metadata },
            },
            {
              stripeAccount: account,
              idempotencyKey: keyOf(
                "pay",
                ...[account, checkoutId, invoiceUuid, invoiceNumber, amount, currency],
                ...[order.successUrl, order.cancelUrl],
              ),
            },
          ),
      });
      if (typeof made.url !== "string") {
        throw new WriteUnconfirmed("Stripe: the checkout page has no address");
      }
      return { id: made.id, url: made.url, expiresAt: made.expires_at };
    },

    async closePage(account, id, signal) {
      try {
        await client({
          what: "close a checkout page",
          schema: PaymentSession,
          signal,
          isWrite: true,
          request: (stripe) =>
            stripe.checkout.sessions.expire(
              id,
              {},
              { stripeAccount: account, idempotencyKey: keyOf("close", account, id) },
            ),
        });
      } catch (error) {
        // Refused because it is not open: somebody has paid on it, or it was closed already.
        if (!(error instanceof ProviderRejected)) throw error;
      }
      const { status } = await readPage(account, id, signal);
      if (status === "open") throw new WriteUnconfirmed("Stripe: the checkout page is open still");
      return status;
    },
  };
}
