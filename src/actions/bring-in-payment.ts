import type { LocalDate } from "../billing/dates.ts";
import {
  findCreditApplication,
  insertCredit,
  insertCreditApplication,
  lockCredit,
  lockCredits,
  sumCreditsOnInvoice,
  sumUsesOfCredit,
  updateCreditRow,
  type CreditType,
} from "../db/credits.ts";
import type { Tx } from "../db/client.ts";
import { lockInvoice, updateInvoiceRow } from "../db/invoices.ts";
import {
  getPayment,
  insertPayment,
  sumInvoicePayments,
  updatePaymentFacts,
} from "../db/payments.ts";
import { Conflict, NotFound } from "../errors.ts";
import type { Acting } from "./acting.ts";
import type { Inserted, RecordWriter } from "./bring-in-records.ts";
import { statusOf } from "./settle-invoice.ts";

export interface IncomingPayment {
  invoiceId: number;
  /** Minor units. */
  amount: bigint;
  currency: string;
  paymentDate: LocalDate;
  paymentMethod: string | null;
  reference: string | null;
  notes: string | null;
}

/**
 * Money that came in. Most of it is in what the invoice says is paid already, for that came over with
 * the invoice; what is not, is added. An invoice takes no more than its total: the rest is a credit
 * over there, which comes over by itself.
 */
export const paymentWriter: RecordWriter<IncomingPayment> = {
  kind: "payment",
  subjectType: "payment",

  async insert(tx, by, { amount, ...fields }) {
    const room = await findRoom(tx, by, fields.invoiceId, fields.currency);
    const applied = amount < room ? amount : room;
    const { id } = await insertPayment(tx, {
      ...fields,
      companyId: by.company.id,
      amount: applied,
      recordedBy: by.causerId,
      createdAt: by.now,
    });
    await raiseAmountPaid(tx, by, fields.invoiceId);
    return { id, ...cutTo(applied, amount) };
  },

  async read(tx, by, id) {
    const payment = await getPayment(tx, { companyId: by.company.id, id }).catch(orUndefined);
    if (payment === undefined) return undefined;
    const { invoiceId, amount, paymentDate, paymentMethod, reference, notes } = payment;
    return { invoiceId, amount, paymentDate, paymentMethod, reference, notes };
  },

  async overwrite(tx, by, id, { amount, invoiceId, currency: _currency, ...facts }) {
    const key = { companyId: by.company.id, id };
    const payment = await getPayment(tx, key);
    if (payment.invoiceId !== invoiceId || payment.amount !== amount) {
      throw new Conflict("Its amount or invoice is another one there; here it stays as it is.");
    }
    await updatePaymentFacts(tx, key, { ...facts, updatedAt: by.now });
  },
};

export interface IncomingCreditUse {
  creditId: number;
  invoiceId: number;
  amount: bigint;
  currency: string;
}

/** A credit that an invoice took. Over there that is a payment. */
export const creditUseWriter: RecordWriter<IncomingCreditUse> = {
  kind: "credit-application",
  subjectType: "credit-application",

  async insert(tx, by, { creditId, invoiceId, amount, currency }) {
    const companyId = by.company.id;
    const room = await findRoom(tx, by, invoiceId, currency);
    const applied = amount < room ? amount : room;
    const credit = await lockCredit(tx, { companyId, id: creditId });
    const id = await insertCreditApplication(tx, {
      companyId,
      creditId,
      invoiceId,
      amount: applied,
      appliedBy: by.causerId,
      createdAt: by.now,
    });
    const used = await sumUsesOfCredit(tx, { companyId, creditId });
    if (used > credit.amount) throw new Conflict("The credit does not hold so much.");
    // What is left came over with the credit, and is less when it was used since.
    const left = credit.amount - used;
    if (left < credit.remaining) {
      await updateCreditRow(tx, credit, { remaining: left, updatedAt: by.now });
    }
    await raiseAmountPaid(tx, by, invoiceId);
    return { id, ...cutTo(applied, amount) };
  },

  async read(tx, by, id) {
    const use = await findCreditApplication(tx, { companyId: by.company.id, id });
    return use && { ...use };
  },

  async overwrite(tx, by, id, { amount, creditId, invoiceId }) {
    const use = await findCreditApplication(tx, { companyId: by.company.id, id });
    if (use?.amount !== amount || use.creditId !== creditId || use.invoiceId !== invoiceId) {
      throw new Conflict("It is another amount, credit or invoice there; here it stays as it is.");
    }
  },
};

export interface IncomingCredit {
  clientId: number;
  type: CreditType;
  amount: bigint;
  /** What of it was used over there. */
  used: bigint;
  currency: string;
  reason: string | null;
  creditDate: LocalDate;
  isArchived: boolean;
}

/** What is owed to clients. */
export const creditWriter: RecordWriter<IncomingCredit> = {
  kind: "credit",
  subjectType: "credit",

  async insert(tx, by, { used, isArchived, ...fields }) {
    const credit = await insertCredit(tx, {
      ...fields,
      companyId: by.company.id,
      invoiceId: null,
      paymentId: null,
      createdAt: by.now,
    });
    const remaining = used < credit.amount ? credit.amount - used : 0n;
    await updateCreditRow(tx, credit, { isArchived, remaining, updatedAt: by.now });
    return { id: credit.id };
  },

  async read(tx, by, id) {
    const [credit] = await lockCredits(tx, { companyId: by.company.id, ids: [id] });
    if (credit === undefined) return undefined;
    const { clientId, type, amount, remaining, reason, creditDate, isArchived } = credit;
    return { clientId, type, amount, remaining, reason, creditDate, isArchived };
  },

  async overwrite(tx, by, id, { amount, clientId, reason, creditDate, isArchived }) {
    const credit = await lockCredit(tx, { companyId: by.company.id, id });
    if (credit.amount !== amount || credit.clientId !== clientId) {
      throw new Conflict("Its amount or client is another one there; here it stays as it is.");
    }
    await updateCreditRow(tx, credit, { reason, creditDate, isArchived, updatedAt: by.now });
  },
};

/** How much the invoice can still take beside what came in for it, minor units. */
async function findRoom(
  tx: Tx,
  { company }: Acting,
  invoiceId: number,
  currency: string,
): Promise<bigint> {
  const invoice = await lockInvoice(tx, { companyId: company.id, id: invoiceId });
  if (invoice.status === "cancelled") throw new Conflict("Its invoice was voided here.");
  if (invoice.currency !== currency) {
    throw new Conflict(`It is in ${currency}, its invoice in ${invoice.currency}.`);
  }
  const room = invoice.total - (await sumReceived(tx, company.id, invoiceId));
  if (room <= 0n) throw new Conflict("Its invoice is paid in full without it.");
  return room;
}

async function sumReceived(tx: Tx, companyId: number, invoiceId: number): Promise<bigint> {
  const invoice = { companyId, invoiceId };
  return (await sumInvoicePayments(tx, invoice)) + (await sumCreditsOnInvoice(tx, invoice));
}

/** More came in than the invoice says: it was paid since it came over. */
async function raiseAmountPaid(tx: Tx, by: Acting, invoiceId: number): Promise<void> {
  const companyId = by.company.id;
  const invoice = await lockInvoice(tx, { companyId, id: invoiceId });
  const amountPaid = await sumReceived(tx, companyId, invoiceId);
  if (amountPaid <= invoice.amountPaid) return;
  const status = statusOf(by, invoice, { amountPaid });
  await updateInvoiceRow(tx, invoice, {
    amountPaid,
    status,
    paidAt: status === "paid" ? by.now : null,
    updatedAt: by.now,
  });
}

function cutTo(applied: bigint, amount: bigint): Pick<Inserted, "adjusted"> {
  if (applied === amount) return {};
  return {
    adjusted: {
      reason: "It is more than its invoice lacked; the rest is a credit over there.",
      details: { there: Number(amount), here: Number(applied) },
    },
  };
}

function orUndefined(error: unknown): undefined {
  if (error instanceof NotFound) return undefined;
  throw error;
}
