import { formatMoney } from "../billing/money.ts";
import type { CompanyRow } from "../db/companies.ts";
import type { PaperBranding } from "./invoice-document.ts";
import { drawTable } from "./invoice-lines-table.ts";
import { formatDate } from "./invoice-text.ts";
import { beginLetter, drawSums, finishLetter } from "./letter.ts";
import { receiptNumber, type Receipt } from "./load-receipt.ts";

/** Prints a receipt in the company's layout. The same records give the same bytes. */
export async function renderReceiptPdf(
  company: CompanyRow,
  receipt: Receipt,
  branding: PaperBranding | undefined,
): Promise<Buffer> {
  const { invoice, payment } = receipt;
  const money = (amount: bigint) => formatMoney(amount, payment.currency);
  const number = receiptNumber(receipt);
  const letter = await beginLetter(company, receipt.client, {
    name: `Receipt ${number}`,
    title: "RECEIPT",
    to: "RECEIVED FROM",
    about: `Receipt ${number} of ${formatDate(payment.paymentDate)}`,
    date: payment.paymentDate,
    branding,
  });
  const { pages, look } = letter;

  const rows = [
    ["For invoice", invoice.invoiceNumber],
    ["Invoice date", formatDate(invoice.issueDate)],
    ["Paid by", methodInWords(payment.paymentMethod)],
    ["Reference", payment.reference ?? ""],
  ].filter(([, value]) => value !== "");
  drawTable(pages, look, {
    first: { title: "Payment", align: "left", cells: rows.map(([label = ""]) => label) },
    others: [
      {
        title: "",
        align: "left",
        cells: rows.map(([, value = ""]) => value),
        widthMax: pages.width * 0.6,
      },
    ],
  });
  pages.y += look.body;
  drawSums(letter, [
    ...(payment.credited === 0n ? [] : [["Kept as your credit", money(payment.credited)] as const]),
    ...(payment.amountRefunded === 0n
      ? []
      : [["Refunded", money(payment.amountRefunded)] as const]),
    [`Received (${payment.currency})`, money(payment.amount)],
  ]);
  if (invoice.status !== "cancelled") {
    drawSums(letter, [
      ["Invoice total", money(invoice.total)],
      ["Paid so far", money(invoice.amountPaid)],
      [`Amount due (${invoice.currency})`, money(invoice.amountDue)],
    ]);
  }
  return await finishLetter(letter);
}

/** "bank_transfer" reads "bank transfer"; other words of a company's stay as they are. */
function methodInWords(method: string | null): string {
  return (method ?? "").replaceAll("_", " ");
}
