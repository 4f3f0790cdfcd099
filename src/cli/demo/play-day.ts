import { recordPayments } from "../../actions/record-payments.ts";
import type { PaymentInput } from "../../actions/record-payment.ts";
import { updateInvoice } from "../../actions/update-invoice.ts";
import { addDays, daysBetween, type LocalDate } from "../../billing/dates.ts";
import type { Platform } from "../../bootstrap.ts";
import { setClientsArchived } from "../../db/clients.ts";
import type { Tx } from "../../db/client.ts";
import { findCompany } from "../../db/companies.ts";
import { findClientByName, listOpenInvoices, type OpenInvoiceRow } from "../../db/demo.ts";
import { inTransaction } from "../../db/transaction.ts";
import { makeClients, type DemoClient } from "./clients.ts";
import { noonOf } from "./days.ts";
import type { DemoCompany } from "./load-book.ts";

/** So long after the demo began the forgetful client is archived. */
const ARCHIVED_AFTER_DAYS = 45;

const clientsByName = new Map<string, DemoClient>();

/**
 * What people do at noon of a day: clients pay, one disputes, somebody archives a client. What is to be
 * done is read from the invoices, so playing a day twice changes nothing.
 */
export async function playDay(
  { sql }: Platform,
  { companyId, userId }: DemoCompany,
  { date, from }: { date: LocalDate; from: LocalDate },
): Promise<void> {
  await inTransaction(sql, async (tx) => {
    const company = await findCompany(tx, companyId);
    if (company === undefined) throw new Error("the demo company is gone");
    const by = { company, causerId: userId, now: noonOf(date) };
    const payments: (PaymentInput & { invoiceId: number })[] = [];
    for (const invoice of await listOpenInvoices(tx, companyId)) {
      const client = clientOf(invoice.clientName);
      if (client === undefined) continue;
      if (client.disputes && !invoice.isDisputed && invoice.dueDate < date) {
        await updateInvoice(tx, by, { invoiceId: invoice.id, isDisputed: true });
        continue;
      }
      const amount = amountToPay(client, invoice, date);
      if (amount > 0n) payments.push(paymentOf(invoice, amount, date));
    }
    await recordPayments(tx, by, payments);
    if (daysBetween(from, date) >= ARCHIVED_AFTER_DAYS)
      await archiveForgetful(tx, companyId, by.now);
  });
}

/** What the client pays on or before this day and has not paid yet. */
function amountToPay(client: DemoClient, invoice: OpenInvoiceRow, date: LocalDate): bigint {
  // The same invoice always behaves alike, and two of one client not quite.
  const jitter = invoice.id % 4;
  const pays = (afterDueDays: number) => addDays(invoice.dueDate, afterDueDays) <= date;
  switch (client.habit) {
    case "prompt":
      return pays(jitter - 4 - client.shiftDays) ? invoice.amountDue : 0n;
    case "late":
      return pays(4 + client.shiftDays + jitter) ? invoice.amountDue : 0n;
    case "very-late":
      return pays(25 + client.shiftDays + jitter) ? invoice.amountDue : 0n;
    case "in-parts": {
      if (pays(20 + client.shiftDays)) return invoice.amountDue;
      const half = invoice.total / 2n;
      return pays(jitter) && invoice.amountDue > half ? invoice.amountDue - half : 0n;
    }
    case "never":
      return 0n;
  }
}

function paymentOf(
  invoice: OpenInvoiceRow,
  amount: bigint,
  date: LocalDate,
): PaymentInput & { invoiceId: number } {
  return {
    invoiceId: invoice.id,
    amount,
    paymentDate: date,
    paymentMethod: invoice.id % 3 === 0 ? "card" : "bank transfer",
    reference: null,
    notes: null,
  };
}

async function archiveForgetful(tx: Tx, companyId: number, now: Date): Promise<void> {
  for (const { name } of makeClients().filter((client) => client.isArchivedLater)) {
    const id = await findClientByName(tx, { companyId, name });
    if (id !== undefined)
      await setClientsArchived(tx, { companyId, ids: [id], isArchived: true, now });
  }
}

function clientOf(name: string): DemoClient | undefined {
  if (clientsByName.size === 0) {
    for (const client of makeClients()) clientsByName.set(client.name, client);
  }
  return clientsByName.get(name);
}
