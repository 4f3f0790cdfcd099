import { z } from "zod";
import { ProviderRejected, WriteUnconfirmed } from "../../errors.ts";
import { fromStripeAmount } from "./amounts.ts";
import type { StripeClient } from "./client.ts";
import { keyOf } from "./idempotency-keys.ts";
import type {
  ClientPayment,
  InvoicePageState,
  PaymentDispute,
  PaymentRefund,
  StripeEvent,
  StripePayments,
} from "./payments-contract.ts";
import { isMissing } from "./refusals.ts";
import { Disputes, PaymentIntent, PaymentSession, Refund } from "./schemas.ts";

/** Names our row of the page, and the invoice, in what Stripe keeps with a payment. */
const CHECKOUT_KEY = "nightledger_checkout";
const INVOICE_KEY = "nightledger_invoice";
/** Names our row of a refund that was asked for here. */
const REFUND_KEY = "nightledger_refund";
/** Of one payment; nobody has so many. */
const LIST_MAX = 100;

/** Which page of ours the payment is from that an event tells of; null for other events and payments. */
export function pageOfPayment({
  object,
}: StripeEvent): { checkoutId: number; invoiceUuid: string } | null {
  const kept = z.object({ metadata: z.record(z.string(), z.string()) }).safeParse(object);
  const checkoutId = idOf(kept.data?.metadata[CHECKOUT_KEY]);
  const invoiceUuid = z.uuid().safeParse(kept.data?.metadata[INVOICE_KEY]).data;
  return checkoutId === null || invoiceUuid === undefined ? null : { checkoutId, invoiceUuid };
}

/** Paying invoices at Stripe, as the rest of the product sees it. */
export function createStripePayments(client: StripeClient): StripePayments {
  async function readPage(
    account: string,
    id: string,
    signal: AbortSignal,
  ): Promise<InvoicePageState> {
    try {
      const {
        status,
        url,
        payment_intent: paymentIntent,
      } = await client({
        what: "read a checkout page",
        schema: PaymentSession,
        signal,
        isWrite: false,
        request: (stripe) => stripe.checkout.sessions.retrieve(id, {}, { stripeAccount: account }),
      });
      return { status, url: url ?? null, paymentIntent: paymentIntent ?? null };
    } catch (error) {
      // Made with the key of the other mode, test or live: nobody can pay on it with this one.
      if (!isMissing(error)) throw error;
      return { status: "expired", url: null, paymentIntent: null };
    }
  }

  return {
    readPage,

    async readPayment(account, id, signal) {
      const intent = await client({
        what: "read a payment",
        schema: PaymentIntent,
        signal,
        isWrite: false,
        request: (stripe) =>
          stripe.paymentIntents.retrieve(
            id,
            { expand: ["latest_charge.balance_transaction"] },
            { stripeAccount: account },
          ),
      });
      const payment = paymentOf(intent);
      if (intent.status !== "succeeded") return payment;
      const [refunds, disputes] = await Promise.all([
        listRefunds(client, account, id, signal),
        listDisputes(client, account, id, signal),
      ]);
      return { ...payment, refunds, disputes };
    },

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
                account,
                checkoutId,
                invoiceUuid,
                invoiceNumber,
                amount,
                currency,
                order.successUrl,
                order.cancelUrl,
              ),
            },
          ),
      });
      if (typeof made.url !== "string") {
        throw new WriteUnconfirmed("Stripe: the checkout page has no address");
      }
      return { id: made.id, url: made.url, expiresAt: made.expires_at };
    },

    async requestRefund(account, { requestId, round, paymentIntent, amount }, signal) {
      await client({
        what: "give money back",
        schema: Refund,
        signal,
        isWrite: true,
        request: (stripe) =>
          stripe.refunds.create(
            {
              payment_intent: paymentIntent,
              amount,
              metadata: { [REFUND_KEY]: String(requestId) },
            },
            {
              stripeAccount: account,
              idempotencyKey: keyOf("refund", account, requestId, paymentIntent, amount, round),
            },
          ),
      });
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

function paymentOf(intent: z.output<typeof PaymentIntent>): ClientPayment {
  const { id, status, metadata, latest_charge: charge } = intent;
  const stripeAmount = status === "succeeded" ? intent.amount_received : intent.amount;
  const balance = charge?.balance_transaction;
  const feeCurrency = typeof balance === "object" ? (balance?.currency ?? "") : "";
  const fee = typeof balance === "object" ? fromStripeAmount(balance?.fee ?? 0, feeCurrency) : null;
  return {
    id,
    status,
    checkoutId: idOf(metadata?.[CHECKOUT_KEY]),
    invoiceUuid: z.uuid().safeParse(metadata?.[INVOICE_KEY]).data ?? null,
    charge: charge?.id ?? null,
    stripeAmount: BigInt(stripeAmount),
    currency: intent.currency.toUpperCase(),
    amount: fromStripeAmount(stripeAmount, intent.currency) ?? null,
    fee: typeof fee === "bigint" ? { amount: fee, currency: feeCurrency.toUpperCase() } : null,
    method: charge?.payment_method_details?.type ?? null,
    paidAt: charge?.created ?? intent.created,
    refunds: [],
    disputes: [],
  };
}

async function listRefunds(
  client: StripeClient,
  account: string,
  paymentIntent: string,
  signal: AbortSignal,
): Promise<PaymentRefund[]> {
  const refunds = await client({
    what: "list refunds",
    schema: z.array(Refund),
    signal,
    isWrite: false,
    request: (stripe) =>
      stripe.refunds
        .list({ payment_intent: paymentIntent, limit: LIST_MAX }, { stripeAccount: account })
        .then(({ data }) => data),
  });
  // The oldest first: that is how they happened.
  return refunds.toReversed().map(refundOf);
}

function refundOf(refund: z.output<typeof Refund>): PaymentRefund {
  return {
    id: refund.id,
    amount: fromStripeAmount(refund.amount, refund.currency) ?? null,
    // Of refunds to some wallets, which are done at once.
    status: refund.status ?? "succeeded",
    failure: refund.failure_reason ?? null,
    reason: refund.reason ?? null,
    requestId: idOf(refund.metadata?.[REFUND_KEY]),
    createdAt: refund.created,
  };
}

async function listDisputes(
  client: StripeClient,
  account: string,
  paymentIntent: string,
  signal: AbortSignal,
): Promise<PaymentDispute[]> {
  const disputes = await client({
    what: "list disputes",
    schema: Disputes,
    signal,
    isWrite: false,
    request: (stripe) =>
      stripe.disputes
        .list({ payment_intent: paymentIntent, limit: LIST_MAX }, { stripeAccount: account })
        .then(({ data }) => data),
  });
  return disputes.toReversed().map((dispute) => ({
    id: dispute.id,
    amount: fromStripeAmount(dispute.amount, dispute.currency) ?? null,
    status: dispute.status,
    reason: dispute.reason ?? null,
    evidenceDueAt: dispute.evidence_details?.due_by ?? null,
  }));
}

/** An id of ours out of what Stripe keeps with a thing; null for anything else. */
function idOf(text: string | undefined): number | null {
  return text !== undefined && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null;
}
