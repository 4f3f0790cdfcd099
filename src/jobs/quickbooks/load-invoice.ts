import { listInvoiceLines, type InvoiceLineRow } from "../../db/invoice-lines.ts";
import { listInvoiceTaxes, type InvoiceTaxRow } from "../../db/invoice-taxes.ts";
import { getInvoice, type InvoiceRow } from "../../db/invoices.ts";
import { getClient, type ClientRow } from "../../db/clients.ts";
import type { Sql } from "../../db/client.ts";
import { listPaymentRefunds, type RefundRow } from "../../db/payment-refunds.ts";
import { listInvoicePayments, type PaymentRow } from "../../db/payments.ts";
import { isInvoiceDeleted } from "../../db/quickbooks-pushes.ts";
import { findService, type ServiceRow } from "../../db/services.ts";
import { NotFound } from "../../errors.ts";

export interface PaymentFacts extends PaymentRow {
  refunds: RefundRow[];
}

/** All of an invoice that goes over, read in one moment. */
export interface InvoiceFacts {
  invoice: InvoiceRow;
  client: ClientRow;
  lines: InvoiceLineRow[];
  taxes: InvoiceTaxRow[];
  payments: PaymentFacts[];
  /** Those that lines name and that are still there. */
  services: ReadonlyMap<number, ServiceRow>;
}

/** Undefined when it, or its client, is not in the company any more. */
export async function loadInvoice(
  sql: Sql,
  { companyId, id }: { companyId: number; id: number },
): Promise<InvoiceFacts | "deleted" | undefined> {
  try {
    // One snapshot: lines and amounts of one and the same version.
    return await sql.begin("isolation level repeatable read read only", async (tx) => {
      const invoice = await getInvoice(tx, { companyId, id });
      const client = await getClient(tx, { companyId, id: invoice.clientId });
      const lines = await listInvoiceLines(tx, { companyId, invoiceId: id });
      const taxes = await listInvoiceTaxes(tx, { companyId, invoiceIds: [id] });
      const payments: PaymentFacts[] = [];
      for (const payment of await listInvoicePayments(tx, { companyId, invoiceId: id })) {
        const isRefunded = payment.amountRefunded > 0n;
        const refunds = isRefunded
          ? await listPaymentRefunds(tx, { companyId, paymentId: payment.id })
          : [];
        payments.push({ ...payment, refunds });
      }
      const services = new Map<number, ServiceRow>();
      for (const serviceId of new Set(lines.map((line) => line.serviceId))) {
        if (serviceId === null) continue;
        const service = await findService(tx, { companyId, id: serviceId });
        if (service !== undefined) services.set(serviceId, service);
      }
      return { invoice, client, lines, taxes, payments, services };
    });
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
    return (await isInvoiceDeleted(sql, { companyId, id })) ? "deleted" : undefined;
  }
}
