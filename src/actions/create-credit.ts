import type { LocalDate } from "../billing/dates.ts";
import type { Tx } from "../db/client.ts";
import { insertCredit, type CreditRow, type CreditType } from "../db/credits.ts";
import { findClientToInvoice } from "../db/invoice-references.ts";
import { lockInvoices } from "../db/invoices.ts";
import { InvalidInput } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { recordCreditEvent } from "./credit-events.ts";

export interface CreateCreditInput {
  clientId: number;
  invoiceId?: number | null | undefined;
  type: CreditType;
  /** Minor units, more than zero. */
  amount: bigint;
  /** Default: the company's (contract). */
  currency?: string | undefined;
  description?: string | null | undefined;
  date: LocalDate;
}

/** Writes a credit, all of it unused. Throws `InvalidInput` for a client or invoice that does not fit. */
export async function createCredit(
  tx: Tx,
  by: Acting,
  input: CreateCreditInput,
): Promise<CreditRow> {
  const companyId = by.company.id;
  const { clientId, invoiceId = null } = input;
  const client = await findClientToInvoice(tx, { companyId, clientId });
  if (client === undefined) throw new InvalidInput({ client_id: ["There is no such client."] });
  if (invoiceId !== null) {
    const [invoice] = await lockInvoices(tx, { companyId, ids: [invoiceId] });
    if (invoice?.clientId !== clientId) {
      throw new InvalidInput({ invoice_id: ["The client has no such invoice."] });
    }
  }
  const credit = await insertCredit(tx, {
    companyId,
    clientId,
    invoiceId,
    paymentId: null,
    type: input.type,
    amount: input.amount,
    currency: input.currency ?? by.company.currency,
    reason: input.description ?? null,
    creditDate: input.date,
    createdAt: by.now,
  });
  await recordCreditEvent(tx, by, "credit.created", credit);
  return credit;
}
