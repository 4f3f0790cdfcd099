import type { Sql, Tx } from "../db/client.ts";
import type { ClientRow } from "../db/clients.ts";
import type { CompanyRow } from "../db/companies.ts";
import { getInvoicedClient } from "../db/invoice-references.ts";
import type { InvoiceRow } from "../db/invoices.ts";
import { getInvoicePayment, type PaymentRow } from "../db/payments.ts";

/** What a receipt says: a payment, what it was for, and who paid. */
export interface Receipt {
  client: ClientRow;
  invoice: InvoiceRow;
  payment: PaymentRow;
}

/** Gathers what stands on a receipt, as the records are now. */
export async function loadReceipt(
  sql: Sql | Tx,
  company: Pick<CompanyRow, "id">,
  { invoice, paymentId }: { invoice: InvoiceRow; paymentId: number },
): Promise<Receipt> {
  const companyId = company.id;
  const [client, payment] = await Promise.all([
    getInvoicedClient(sql, { companyId, clientId: invoice.clientId }),
    getInvoicePayment(sql, { companyId, invoiceId: invoice.id, id: paymentId }),
  ]);
  return { client, invoice, payment };
}

/** Names a receipt for people: the invoice's number, and the payment's own. */
export function receiptNumber({ invoice, payment }: Receipt): string {
  return `${invoice.invoiceNumber}-${payment.id}`;
}
