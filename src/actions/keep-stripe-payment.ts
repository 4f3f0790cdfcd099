import { localDateOf } from "../billing/dates.ts";
import { formatMoney } from "../billing/money.ts";
import { canBecome } from "../billing/statuses.ts";
import { raiseAttention, settleAttention } from "../db/attention.ts";
import type { Tx } from "../db/client.ts";
import { findCompany } from "../db/companies.ts";
import type { InvoiceRow } from "../db/invoices.ts";
import {
  endCheckout,
  findCheckout,
  lockInvoiceOfCheckout,
  type CheckoutRow,
  UNRECORDED_PAYMENT,
} from "../db/stripe-checkouts.ts";
import {
  findStripePayment,
  keepStripePaymentRow,
  nameBookedPayment,
  type StripePaymentRow,
} from "../db/stripe-payments.ts";
import { todayOf, type Acting } from "./acting.ts";
import { settleUnreadPayment } from "./unread-stripe-payment.ts";
import { keepStripeDisputes, type ToldDispute } from "./keep-stripe-disputes.ts";
import { keepStripeRefunds, type ToldRefund } from "./keep-stripe-refunds.ts";
import { applyPayment } from "./record-payment.ts";

/** A client's payment as Stripe tells of it; see `ClientPayment` of the connector. */
export interface ToldPayment {
  id: string;
  status: string;
  checkoutId: number | null;
  invoiceUuid: string | null;
  charge: string | null;
  stripeAmount: bigint;
  currency: string;
  amount: bigint | null;
  fee: { amount: bigint; currency: string } | null;
  method: string | null;
  paidAt: Date;
  refunds: readonly ToldRefund[];
  disputes: readonly ToldDispute[];
}

/** What was done about a payment, for people who look at the run. */
export type KeptPayment =
  | "not one of ours"
  | "not paid yet"
  | "recorded"
  | "recorded before"
  | "given back"
  | "in nobody's books";

type PaidInvoice = InvoiceRow & { deletedAt: Date | null };

/**
 * Keeps a payment at Stripe as it is now, however often and in whatever order it is told of (case I7).
 * Money that came is recorded once, as any payment is; what cannot be recorded is kept, and somebody is
 * told.
 *
 * @param account the connected account it was paid to
 * @param now the machine's clock
 */
export async function keepStripePayment(
  tx: Tx,
  account: string,
  told: ToldPayment,
  now: Date,
): Promise<KeptPayment> {
  const known = await findStripePayment(tx, { account, paymentIntent: told.id });
  const checkoutId = known?.checkoutId ?? told.checkoutId;
  const invoiceUuid = told.invoiceUuid;
  if (checkoutId === null || invoiceUuid === null) return "not one of ours";
  const invoice = await lockInvoiceOfCheckout(tx, { checkoutId, account, invoiceUuid });
  if (invoice === undefined) return "not one of ours";
  const { companyId } = invoice;
  const company = await findCompany(tx, companyId);
  const checkout = await findCheckout(tx, checkoutId);
  if (checkout === undefined || company === undefined) return "not one of ours";
  if (told.status !== "succeeded") {
    await letTryAgain(tx, checkout, told, now);
    return "not paid yet";
  }
  const row = await keepStripePaymentRow(tx, {
    companyId,
    checkoutId,
    account,
    paymentIntent: told.id,
    charge: told.charge,
    stripeAmount: told.stripeAmount,
    currency: told.currency,
    fee: told.fee?.amount ?? null,
    feeCurrency: told.fee?.currency ?? null,
    now,
  });
  await endCheckout(tx, checkout, { status: "paid", now });
  await settleUnreadPayment(tx, { companyId, checkoutId });
  const by: Acting = { company, causerId: null, now: company.testNow ?? now };
  const { payment, result } = await bookOnce(tx, by, { row, invoice, told });
  const facts = { payment, invoice, now };
  await keepStripeRefunds(tx, by, { ...facts, refunds: told.refunds });
  await keepStripeDisputes(tx, by, { ...facts, disputes: told.disputes });
  return result;
}

interface Booking {
  row: StripePaymentRow;
  invoice: PaidInvoice;
  told: ToldPayment;
}

async function bookOnce(
  tx: Tx,
  by: Acting,
  booking: Booking,
): Promise<{ payment: StripePaymentRow; result: KeptPayment }> {
  const { row, told, invoice } = booking;
  if (row.paymentId !== null) return { payment: row, result: "recorded before" };
  const given = told.refunds.filter(({ status }) => status === "succeeded");
  const sum = given.reduce((total, { amount }) => total + (amount ?? 0n), 0n);
  if (told.amount !== null && sum >= told.amount) {
    const { companyId } = invoice;
    const item = { companyId, kind: UNRECORDED_PAYMENT, key: told.id };
    await settleAttention(tx, { ...item, resolution: "it was given back" });
    return { payment: row, result: "given back" };
  }
  const paymentId = await book(tx, by, booking);
  if (paymentId === undefined) return { payment: row, result: "in nobody's books" };
  const payment = await nameBookedPayment(tx, row, { paymentId, now: by.now });
  return { payment, result: "recorded" };
}

/** A debit was refused after the client had left the page: another page may be opened. */
async function letTryAgain(
  tx: Tx,
  checkout: CheckoutRow,
  { status }: ToldPayment,
  now: Date,
): Promise<void> {
  const isOver = status === "requires_payment_method" || status === "canceled";
  // While the page is open a refused card is no end: the client tries the next one.
  if (isOver && checkout.status === "complete") {
    await endCheckout(tx, checkout, { status: "over", now });
  }
}

/** Into the books with it, or somebody is told why not. */
async function book(tx: Tx, by: Acting, { invoice, told }: Booking): Promise<number | undefined> {
  const { companyId } = invoice;
  const item = { companyId, kind: UNRECORDED_PAYMENT, key: told.id };
  const subject = { subjectType: "invoice", subjectId: invoice.id };
  const problem = whyNot(invoice, told);
  if (problem !== undefined || told.amount === null) {
    await raiseAttention(tx, {
      ...item,
      ...subject,
      title: `${moneyOf(told)} came in at Stripe for invoice ${invoice.invoiceNumber}, and is in nobody's books`,
      detail: `${told.id}: ${problem ?? "unknown currency"}.`,
    });
    return undefined;
  }
  const { payment, credited } = await applyPayment(tx, by, invoice, {
    amount: told.amount,
    paymentDate:
      by.company.testNow === null ? localDateOf(told.paidAt, by.company.timezone) : todayOf(by),
    paymentMethod: methodOf(told.method),
    reference: told.id,
    notes: null,
  });
  await settleAttention(tx, { ...item, resolution: "it was recorded" });
  if (credited > 0n) {
    await raiseAttention(tx, {
      companyId,
      kind: "stripe.overpaid",
      key: told.id,
      ...subject,
      title: `Invoice ${invoice.invoiceNumber} was overpaid at Stripe by ${formatMoney(credited, invoice.currency)}`,
      detail: `${told.id}: the rest is a credit of the client, to be used or given back.`,
    });
  }
  return payment.id;
}

function whyNot(invoice: PaidInvoice, { currency }: ToldPayment): string | undefined {
  if (invoice.deletedAt !== null) return "the invoice is deleted";
  if (currency !== invoice.currency) return `the invoice is in ${invoice.currency}`;
  return canBecome(invoice.status, "paid") ? undefined : `the invoice is ${invoice.status}`;
}

function moneyOf({ amount, stripeAmount, currency }: ToldPayment): string {
  return amount === null ? `${stripeAmount} ${currency}` : formatMoney(amount, currency);
}

const methods: Readonly<Record<string, string>> = {
  card: "card",
  card_present: "card",
  link: "card",
  paypal: "paypal",
  us_bank_account: "ach",
  acss_debit: "ach",
  sepa_debit: "bank_transfer",
  bacs_debit: "bank_transfer",
  au_becs_debit: "bank_transfer",
  customer_balance: "bank_transfer",
};

/** Stripe's word for how somebody paid, in ours. */
function methodOf(word: string | null): string {
  return methods[word ?? ""] ?? "other";
}
