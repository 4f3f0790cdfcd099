import { z } from "zod";
import { receiveStripeEvent } from "../../../actions/receive-stripe-event.ts";
import type { PaidPage } from "../../../actions/unread-stripe-payment.ts";
import { subjectOf, type EventSubject } from "../../../connectors/stripe/event-subject.ts";
import type { StripeEvent } from "../../../connectors/stripe/payments-contract.ts";
import { pageOfPayment } from "../../../connectors/stripe/payments.ts";
import type { Tx } from "../../../db/client.ts";
import { handleStripeEvent } from "../../../jobs/stripe/handle-event.ts";
import { readSubscriptionJob } from "../../../jobs/stripe/read-subscription.ts";
import { enqueue } from "../../../queue/enqueue.ts";
import { defineRoute } from "../../define-route.ts";
import { NotConfigured } from "../../failures.ts";

/** Stripe's are of some kilobytes. */
const BYTES_MAX = 1_048_576;

/** POST /settings/stripe/webhook — what Stripe tells us: kept at once, looked at by a run. */
export const postStripeWebhookRoute = defineRoute({
  method: "post",
  path: "/settings/stripe/webhook",
  summary: "Take an event from Stripe",
  description:
    "For Stripe alone: the body has to be signed (`Stripe-Signature`) with one of " +
    "STRIPE_WEBHOOK_SECRETS, not more than five minutes ago; else 400. An event that came before, or " +
    "means nothing here, is a 200 as well. 503 where no secret is set.",
  tag: "Integrations",
  access: "public",
  raw: { bytesMax: BYTES_MAX, contentType: "application/json" },
  answers: { 200: z.object({ received: z.literal(true) }) },
  failures: [400, 413, 503],

  async run({ tx, services, clock, requestId }, { raw }) {
    const { stripe } = services.connectors;
    if (stripe?.readEvent === undefined) {
      throw new NotConfigured("Stripe's webhooks are not set up here.");
    }
    const now = clock.now();
    const event = stripe.readEvent(raw.bytes, {
      signature: raw.header("Stripe-Signature"),
      now,
    });
    const subject = subjectOf(event);
    const paidPage = event.type === "payment_intent.succeeded" ? pageOfPayment(event) : null;
    const received = await receiveStripeEvent(
      tx,
      { ...event, isOurs: subject !== undefined, paidPage },
      { isLive: stripe.isLive, now },
    );
    if (received !== undefined && subject !== undefined) {
      const { companyIds } = received;
      await askForRuns(tx, { event, subject, paidPage, companyIds, traceId: requestId });
    }
    return { status: 200, body: { received: true } };
  },
});

/** What has become of an account each company finds out for itself; of the rest, one is enough. */
async function askForRuns(
  tx: Tx,
  {
    event: { account, id: eventId },
    subject: { kind, id: subject },
    paidPage,
    companyIds,
    traceId,
  }: {
    event: StripeEvent;
    subject: EventSubject;
    paidPage: PaidPage | null;
    companyIds: readonly number[];
    traceId: string;
  },
): Promise<void> {
  if (kind === "customer") {
    await enqueue(tx, readSubscriptionJob, { customer: subject, eventId }, { traceId });
    return;
  }
  for (const companyId of kind === "account" ? companyIds : companyIds.slice(0, 1)) {
    const payload = {
      companyId,
      account,
      eventId,
      kind,
      subject,
      ...(paidPage !== null && { paidPage }),
    };
    await enqueue(tx, handleStripeEvent, payload, { traceId });
  }
}
