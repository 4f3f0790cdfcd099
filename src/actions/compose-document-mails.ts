import type { LocalDate } from "../billing/dates.ts";
import { formatMoney } from "../billing/money.ts";
import { layOut, type ComposedMail, type MailLook } from "./compose-mail.ts";
import { formatDate, formatPeriod } from "./invoice-text.ts";
import type { Receipt } from "./load-receipt.ts";
import type { Statement } from "./load-statement.ts";

/** The mail a quote travels with, as an attachment. */
export function composeQuoteMail(facts: {
  quoteNumber: string;
  currency: string;
  total: bigint;
  issueDate: LocalDate;
  expiryDate: LocalDate;
  clientName: string;
  companyName: string;
  look?: MailLook | undefined;
}): ComposedMail {
  const { quoteNumber, clientName, companyName } = facts;
  const total = formatMoney(facts.total, facts.currency);
  const lastDay = formatDate(facts.expiryDate);
  return layOut({
    subject: `Quote ${quoteNumber} from ${companyName}`,
    body: `Hello ${clientName},

please find attached quote ${quoteNumber} of ${formatDate(facts.issueDate)} over ${total}. It is valid until ${lastDay}.

Kind regards
${companyName}`,
    look: facts.look,
    table: [
      ["Quote", quoteNumber],
      ["Total", total],
      ["Valid until", lastDay],
    ],
  });
}

/** The mail a receipt travels with. What was refunded since the money came is said, too. */
export function composeReceiptMail(
  receipt: Receipt,
  { companyName, look }: { companyName: string; look?: MailLook | undefined },
): ComposedMail {
  const { invoice, payment } = receipt;
  const money = (amount: bigint) => formatMoney(amount, payment.currency);
  const paid = formatDate(payment.paymentDate);
  return layOut({
    subject: `Receipt for invoice ${invoice.invoiceNumber} from ${companyName}`,
    body: `Hello ${receipt.client.name},

thank you for your payment of ${money(payment.amount)} of ${paid} for invoice ${invoice.invoiceNumber}. Please find attached your receipt.

Kind regards
${companyName}`,
    look,
    table: [
      ["Invoice", invoice.invoiceNumber],
      ["Received", money(payment.amount)],
      ["Date", paid],
      ...(payment.credited === 0n
        ? []
        : [["Kept as your credit", money(payment.credited)] as const]),
      ...(payment.amountRefunded === 0n
        ? []
        : [["Refunded", money(payment.amountRefunded)] as const]),
      ...(invoice.status === "cancelled"
        ? []
        : [["Amount due", money(invoice.amountDue)] as const]),
    ],
  });
}

/** The mail a statement travels with. A note of the company's stands in place of our words. */
export function composeStatementMail(
  statement: Statement,
  {
    companyName,
    note,
    look,
  }: { companyName: string; note: string | null; look?: MailLook | undefined },
): ComposedMail {
  const period = formatPeriod({ start: statement.from, end: statement.to });
  const ours = `Hello ${statement.client.name},

please find attached your statement for ${period}.

Kind regards
${companyName}`;
  return layOut({
    subject: `Statement from ${companyName}: ${period}`,
    body: note ?? ours,
    look,
    table: [
      ["Period", period],
      ...statement.totals.map(
        ({ currency, totalOutstanding }) =>
          [`Outstanding (${currency})`, formatMoney(totalOutstanding, currency)] as const,
      ),
    ],
  });
}
