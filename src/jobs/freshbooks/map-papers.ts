import type { IncomingCredit } from "../../actions/bring-in-payment.ts";
import type { IncomingPayment } from "../../actions/bring-in-payment.ts";
import type { IncomingQuote } from "../../actions/bring-in-quote.ts";
import type { Incoming } from "../../actions/bring-in-records.ts";
import type { IncomingSeries } from "../../actions/bring-in-series.ts";
import { addDays } from "../../billing/dates.ts";
import type { Frequency } from "../../billing/recurrence.ts";
import type {
  FbCreditNote,
  FbEstimate,
  FbPayment,
  FbProfile,
} from "../../connectors/freshbooks/schemas.ts";
import { discountOfPercent, mapLines } from "./map-lines.ts";
import { limited, orNull } from "./texts.ts";
import { Unmappable } from "./unmappable.ts";
import { currencyOf, dateOf, minorOf } from "./values.ts";

const VALID_DAYS = 30;

/** A quote is good for thirty days, as ours are: theirs have no end. */
export function mapEstimate(
  estimate: FbEstimate,
  { clientId }: { clientId: number },
): Incoming<IncomingQuote> {
  const quoteNumber = limited(estimate.estimate_number, 64);
  if (quoteNumber === "") throw new Unmappable("It has no number.");
  const currency = currencyOf(estimate.currency_code);
  const issueDate = dateOf(estimate.create_date);
  const status = statusOfEstimate(estimate);
  return {
    externalId: estimate.id,
    fields: {
      clientId,
      quoteNumber,
      issueDate,
      expiryDate: addDays(issueDate, VALID_DAYS),
      currency,
      status,
      statusAt: status === "draft" ? null : new Date(`${issueDate}T12:00:00Z`),
      isArchived: estimate.vis_state !== 0,
      lines: mapLines(estimate.lines, { currency, joins: true }),
      discount: discountOfPercent(estimate.discount_value),
      notes: orNull(estimate.notes, 5_000),
      terms: orNull(estimate.terms, 5_000),
    },
  };
}

export function statusOfEstimate(estimate: FbEstimate): IncomingQuote["status"] {
  const { accepted, ui_status: status, display_status: shown } = estimate;
  if (accepted || status === "accepted" || status === "invoiced") return "accepted";
  if (status === "declined") return "declined";
  if (shown === "viewed") return "viewed";
  return shown === "draft" ? "draft" : "sent";
}

const frequencies: Readonly<Record<string, Frequency>> = { w: "weekly", m: "monthly", y: "yearly" };

/** "2w" is every two weeks. */
export function mapProfile(
  profile: FbProfile,
  { clientId }: { clientId: number },
): Incoming<IncomingSeries> {
  const [, count = "", unit = ""] = /^(\d*)([wmy])$/.exec(profile.frequency) ?? [];
  const frequency = frequencies[unit];
  const interval = count === "" ? 1 : Number(count);
  if (frequency === undefined || interval < 1) {
    throw new Unmappable(`There is no rhythm "${limited(profile.frequency, 20)}" here.`);
  }
  const currency = currencyOf(profile.currency_code);
  const { numberRecurring: count_, occurrences_to_date: made } = profile;
  const terms = profile.due_offset_days;
  return {
    externalId: profile.id,
    fields: {
      clientId,
      title: limited(profile.lines[0]?.name ?? "", 255) || `Invoice profile ${profile.id}`,
      frequency,
      interval,
      startDate: dateOf(profile.create_date),
      remaining: count_ > 0 ? Math.max(0, count_ - made) : null,
      currency,
      paymentTerms: terms !== null && terms >= 0 && terms <= 3_650 ? terms : null,
      isArchived: profile.vis_state !== 0,
      lines: mapLines(profile.lines, { currency, joins: true }),
      discount: discountOfPercent(profile.discount_value),
      notes: orNull(profile.notes, 5_000),
    },
  };
}

export function mapPayment(
  payment: FbPayment,
  { invoiceId }: { invoiceId: number },
): Incoming<IncomingPayment> {
  const amount = minorOf(payment.amount);
  if (amount <= 0n) throw new Unmappable("It is of no amount above zero.");
  return {
    externalId: payment.id,
    fields: {
      invoiceId,
      amount,
      currency: payment.amount.code,
      paymentDate: dateOf(payment.date),
      paymentMethod: orNull(payment.type, 100),
      reference: payment.transactionid === null ? null : limited(payment.transactionid, 255),
      notes: orNull(payment.note, 2_000),
    },
  };
}

export function mapCredit(
  credit: FbCreditNote,
  { clientId }: { clientId: number },
): Incoming<IncomingCredit> {
  const amount = minorOf(credit.amount);
  if (amount <= 0n) throw new Unmappable("It is of no amount above zero.");
  const used = credit.paid === null ? 0n : minorOf(credit.paid, credit.amount.code);
  const kind = credit.credit_type;
  return {
    externalId: credit.id,
    fields: {
      clientId,
      type: kind === "prepayment" || kind === "overpayment" ? kind : "credit_note",
      amount,
      used: used < 0n ? 0n : used,
      currency: credit.amount.code,
      reason: orNull(credit.notes, 1_000) ?? orNull(credit.credit_number, 100),
      creditDate: dateOf(credit.create_date),
      isArchived: credit.vis_state !== 0,
    },
  };
}
