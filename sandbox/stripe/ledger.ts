import type { World } from "../provider.ts";
import type { Thing } from "./books.ts";
import type { Events, NextId } from "./events.ts";

/** Money of one connected account. Amounts as Stripe counts them. */
export interface Ledger {
  sessions: Page[];
  paymentIntents: Intent[];
  charges: Charge[];
  balanceTransactions: Thing[];
  refunds: Refund[];
  disputes: Dispute[];
}

export interface Page extends Thing {
  status: "open" | "complete" | "expired";
  payment_status: "paid" | "unpaid";
  payment_intent: string | null;
  url: string | null;
  expires_at: number;
  amount_total: number;
  currency: string;
  success_url: string;
}

interface Intent extends Thing {
  status: "processing" | "succeeded" | "requires_payment_method";
  amount: number;
  amount_received: number;
  currency: string;
  latest_charge: string | null;
  metadata: Record<string, string>;
}

export interface Charge extends Thing {
  status: "succeeded" | "pending" | "failed";
  amount: number;
  amount_refunded: number;
  currency: string;
  balance_transaction: string | null;
  payment_intent: string;
  disputed: boolean;
  refunded: boolean;
  payment_method_details: { type: string };
}

interface Refund extends Thing {
  status: "pending" | "succeeded" | "failed" | "canceled";
  failure_reason: string | undefined;
  amount: number;
  charge: string;
  payment_intent: string;
}

interface Dispute extends Thing {
  status: string;
  amount: number;
  charge: string;
  payment_intent: string;
}

/** A page is open for a day. */
const PAGE_SECONDS = 86_400;
/** What Stripe keeps of a charge: 2.9 % and 30 of the smallest unit. */
const feeOf = (amount: number) => Math.round(amount * 0.029) + 30;

export type Ledgers = ReturnType<typeof createLedgers>;

/** What clients pay the connected accounts. */
export function createLedgers({
  clock,
  url,
  nextId,
  events,
}: Pick<World, "clock" | "url"> & { nextId: NextId; events: Events }) {
  const ledgers = new Map<string, Ledger>();
  /** What a page's payment will carry, which the page itself does not show. */
  const intentMetadata = new Map<string, Record<string, string>>();
  const seconds = () => Math.floor(clock.now().getTime() / 1_000);

  function of(account: string): Ledger {
    const known = ledgers.get(account);
    if (known !== undefined) return known;
    const made: Ledger = {
      sessions: [],
      paymentIntents: [],
      charges: [],
      balanceTransactions: [],
      refunds: [],
      disputes: [],
    };
    ledgers.set(account, made);
    return made;
  }

  function addCharge(account: string, intent: Intent, method: string): Charge {
    const id = nextId("ch");
    const charge: Charge = {
      id,
      object: "charge",
      amount: intent.amount,
      amount_captured: intent.amount,
      amount_refunded: 0,
      balance_transaction: null,
      billing_details: { address: null, email: null, name: null, phone: null },
      captured: true,
      created: seconds(),
      currency: intent.currency,
      disputed: false,
      livemode: false,
      metadata: intent.metadata,
      paid: true,
      payment_intent: intent.id,
      payment_method_details: { type: method },
      refunded: false,
      status: method === "card" ? "succeeded" : "pending",
    };
    of(account).charges.push(charge);
    intent.latest_charge = id;
    return charge;
  }

  /** The money has come. */
  function succeed(account: string, intent: Intent, charge: Charge): void {
    intent.status = "succeeded";
    intent.amount_received = intent.amount;
    charge.status = "succeeded";
    const fee = feeOf(charge.amount);
    const transaction = {
      id: nextId("txn"),
      object: "balance_transaction",
      amount: charge.amount,
      available_on: seconds() + 2 * 86_400,
      created: seconds(),
      currency: charge.currency,
      fee,
      fee_details: [{ amount: fee, currency: charge.currency, type: "stripe_fee" }],
      net: charge.amount - fee,
      reporting_category: "charge",
      source: charge.id,
      status: "pending",
      type: "charge",
    };
    of(account).balanceTransactions.push(transaction);
    charge.balance_transaction = transaction.id;
    events.tell(account, "charge.succeeded", charge);
    events.tell(account, "payment_intent.succeeded", intent);
  }

  function sessionOf(account: string, intent: Intent): Page | undefined {
    return of(account).sessions.find((page) => page.payment_intent === intent.id);
  }

  return {
    of,
    all: () => Object.fromEntries(ledgers),

    /** The charge of a payment, and in it what came to the balance. */
    expand(account: string, { latest_charge: id }: Intent): Thing | null {
      const { charges, balanceTransactions } = of(account);
      const charge = charges.find((each) => each.id === id);
      if (charge === undefined) return null;
      const found = balanceTransactions.find((each) => each.id === charge.balance_transaction);
      return { ...charge, balance_transaction: found ?? null };
    },

    addPage(
      account: string,
      fields: {
        amount: number;
        currency: string;
        reference: string | null;
        successUrl: string;
        cancelUrl: string | null;
        metadata: Record<string, string>;
        intentMetadata: Record<string, string>;
      },
    ): Page {
      const id = nextId("cs_test");
      const page: Page = {
        id,
        object: "checkout.session",
        amount_subtotal: fields.amount,
        amount_total: fields.amount,
        automatic_tax: { enabled: false, status: null },
        cancel_url: fields.cancelUrl,
        client_reference_id: fields.reference,
        created: seconds(),
        currency: fields.currency,
        custom_fields: [],
        custom_text: { shipping_address: null, submit: null },
        expires_at: seconds() + PAGE_SECONDS,
        livemode: false,
        metadata: fields.metadata,
        mode: "payment",
        payment_intent: null,
        payment_method_types: ["card"],
        payment_status: "unpaid",
        shipping_options: [],
        status: "open",
        success_url: fields.successUrl,
        url: `${url}/pay/${id}`,
      };
      of(account).sessions.push(page);
      intentMetadata.set(id, fields.intentMetadata);
      return page;
    },

    /** Where a page is, whoever's it is. */
    findPage(id: string): { account: string; page: Page } | undefined {
      for (const [account, { sessions }] of ledgers) {
        const page = sessions.find((each) => each.id === id);
        if (page !== undefined) return { account, page };
      }
      return undefined;
    },

    closePage(account: string, page: Page): void {
      page.status = "expired";
      page.url = null;
      events.tell(account, "checkout.session.expired", page);
    },

    /**
     * Somebody pays on a page. By card the money is there at once; by debit it comes days later, or not
     * at all: see `settle`.
     */
    pay(account: string, page: Page, method: string): void {
      const intent: Intent = {
        id: nextId("pi"),
        object: "payment_intent",
        amount: page.amount_total,
        amount_received: 0,
        capture_method: "automatic",
        confirmation_method: "automatic",
        created: seconds(),
        currency: page.currency,
        latest_charge: null,
        livemode: false,
        metadata: intentMetadata.get(page.id) ?? {},
        payment_method_types: [method],
        status: "processing",
      };
      of(account).paymentIntents.push(intent);
      events.tell(account, "payment_intent.created", intent);
      page.status = "complete";
      page.url = null;
      page.payment_intent = intent.id;
      const charge = addCharge(account, intent, method);
      if (method === "card") {
        succeed(account, intent, charge);
        page.payment_status = "paid";
      } else {
        events.tell(account, "payment_intent.processing", intent);
      }
      events.tell(account, "checkout.session.completed", page);
    },

    /** What was to come by debit has come, or was refused. */
    settle(account: string, intentId: string, isGood: boolean): boolean {
      const intent = of(account).paymentIntents.find(({ id }) => id === intentId);
      const charge = of(account).charges.find(({ id }) => id === intent?.latest_charge);
      if (intent?.status !== "processing" || charge === undefined) return false;
      const page = sessionOf(account, intent);
      if (isGood) {
        succeed(account, intent, charge);
        if (page !== undefined) page.payment_status = "paid";
      } else {
        intent.status = "requires_payment_method";
        charge.status = "failed";
        events.tell(account, "charge.failed", charge);
        events.tell(account, "payment_intent.payment_failed", intent);
      }
      const type = `checkout.session.async_payment_${isGood ? "succeeded" : "failed"}`;
      if (page !== undefined) events.tell(account, type, page);
      return true;
    },

    /** Money goes back to who paid; why not, if it does not. */
    refund(
      account: string,
      charge: Charge,
      { amount, metadata }: { amount: number; metadata: Record<string, string> },
    ): Refund | { code: string; message: string } {
      const left = charge.amount - charge.amount_refunded;
      if (left === 0) {
        const message = `Charge ${charge.id} has already been refunded.`;
        return { code: "charge_already_refunded", message };
      }
      if (amount > left) {
        const message = `Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`;
        return { code: "amount_too_large", message };
      }
      // A debit goes back as it came: in its own time.
      const isAtOnce = charge.payment_method_details.type === "card";
      const refund: Refund = {
        id: nextId("re"),
        object: "refund",
        amount,
        charge: charge.id,
        created: seconds(),
        currency: charge.currency,
        failure_reason: undefined,
        metadata,
        payment_intent: charge.payment_intent,
        status: isAtOnce ? "succeeded" : "pending",
      };
      of(account).refunds.push(refund);
      charge.amount_refunded += amount;
      charge.refunded = charge.amount_refunded === charge.amount;
      events.tell(account, "refund.created", refund);
      events.tell(account, "charge.refunded", charge);
      return refund;
    },

    /** What becomes of a refund later. False for one that is not there. */
    endRefund(account: string, id: string, status: "succeeded" | "failed" | "canceled"): boolean {
      const refund = of(account).refunds.find((each) => each.id === id);
      const charge = of(account).charges.find((each) => each.id === refund?.charge);
      if (refund === undefined || charge === undefined) return false;
      refund.status = status;
      if (status !== "succeeded") {
        if (status === "failed") refund.failure_reason = "expired_or_canceled_card";
        charge.amount_refunded -= refund.amount;
        charge.refunded = false;
      }
      events.tell(account, "charge.refund.updated", refund);
      events.tell(account, status === "failed" ? "refund.failed" : "refund.updated", refund);
      return true;
    },

    /** A bank takes its customer's money back. */
    dispute(account: string, intentId: string, amount: number | undefined): Dispute | undefined {
      const charge = of(account).charges.find((each) => each.payment_intent === intentId);
      if (charge === undefined) return undefined;
      const dispute: Dispute = {
        id: nextId("dp"),
        object: "dispute",
        amount: amount ?? charge.amount,
        balance_transactions: [],
        charge: charge.id,
        created: seconds(),
        currency: charge.currency,
        evidence: {},
        evidence_details: {
          due_by: seconds() + 7 * 86_400,
          has_evidence: false,
          past_due: false,
          submission_count: 0,
        },
        is_charge_refundable: false,
        livemode: false,
        metadata: {},
        payment_intent: intentId,
        reason: "fraudulent",
        status: "needs_response",
      };
      of(account).disputes.push(dispute);
      charge.disputed = true;
      events.tell(account, "charge.dispute.created", dispute);
      return dispute;
    },

    /** The bank has decided. False for a dispute that is not there. */
    closeDispute(account: string, id: string, status: string): boolean {
      const dispute = of(account).disputes.find((each) => each.id === id);
      if (dispute === undefined) return false;
      dispute.status = status;
      events.tell(account, "charge.dispute.closed", dispute);
      return true;
    },

    expirePages(): void {
      for (const [account, { sessions }] of ledgers) {
        for (const page of sessions) {
          if (page.status === "open" && page.expires_at <= seconds()) this.closePage(account, page);
        }
      }
    },
  };
}
