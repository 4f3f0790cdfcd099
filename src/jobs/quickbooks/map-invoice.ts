import { currencyExponent, formatMoney } from "../../billing/money.ts";
import type { InvoiceLineRow } from "../../db/invoice-lines.ts";
import type { QbBooks } from "../../connectors/quickbooks/quickbooks.ts";
import type { QbRecord } from "../../connectors/quickbooks/schemas.ts";
import type { InvoiceFacts } from "./load-invoice.ts";
import { emailOf, mapOwnItem, mapService, ownItems, type Named } from "./map-names.ts";
import { taxCodeOf, type PushSettings } from "./settings.ts";
import { amountOf, cut, markOf, priceOf, refTo, type Body } from "./values.ts";
import { Waits } from "./waits.ts";

/** What an invoice is mapped with. */
export interface Mapping {
  companyId: number;
  settings: PushSettings;
  books: QbBooks;
}

/** The customer over there, and what each item is called there. */
export interface Resolved {
  customerId: string;
  itemIdOf: (item: Pick<Named, "kind" | "recordId">) => string;
}

const NUMBER_LENGTH_MAX = 21;

/**
 * Looks whether all settings are there that an invoice needs, before anything is written.
 *
 * @throws Waits naming what is missing
 */
export function checkSettings(facts: InvoiceFacts, { settings, books }: Mapping): void {
  const { invoice, lines } = facts;
  if (invoice.currency !== books.homeCurrency && !books.isMultiCurrency) {
    throw new Waits(
      `QuickBooks keeps ${books.homeCurrency} only, and the invoice is in ${invoice.currency}: turn multicurrency on there.`,
      { setting: "currency" },
    );
  }
  if (settings.income_account_id === null) {
    throw new Waits("Choose the income account that items are sold for.", {
      setting: "income_account_id",
    });
  }
  if (invoice.discountTotal > 0n && settings.discount_account_id === null) {
    throw new Waits("The invoice has a discount: choose the account of discounts given.", {
      setting: "discount_account_id",
    });
  }
  if (lines.length === 0) throw new Waits("QuickBooks takes no invoice without lines.");
  for (const line of lines) taxCodeRefOf(facts, line, { settings, books });
  if (invoice.adjustmentAmount !== 0n) taxCodeRefOf(facts, undefined, { settings, books });
}

/** The items an invoice's lines are sold as. */
export function itemsOf(facts: InvoiceFacts, { settings }: Pick<Mapping, "settings">): Named[] {
  const income = settings.income_account_id ?? "";
  const accounts: Readonly<Record<number, string>> = {
    [ownItems.work]: income,
    [ownItems.lateFee]: settings.late_fee_account_id ?? income,
    [ownItems.adjustment]: settings.adjustment_account_id ?? income,
  };
  const items = new Map<string, Named>();
  const add = (item: Named) => items.set(`${item.kind}/${item.recordId}`, item);
  const addOwn = (id: number) => add(mapOwnItem(id, accounts[id] ?? income));
  for (const line of facts.lines) {
    const key = itemOfLine(facts, line);
    const service = key.kind === "item" ? facts.services.get(key.recordId) : undefined;
    if (service === undefined) addOwn(key.recordId);
    else add(mapService(service, income));
  }
  if (facts.invoice.adjustmentAmount !== 0n) addOwn(ownItems.adjustment);
  return [...items.values()];
}

export function mapInvoice(
  facts: InvoiceFacts,
  { companyId, settings, books }: Mapping,
  { customerId, itemIdOf }: Resolved,
): Body {
  const { invoice, client } = facts;
  const { currency } = invoice;
  const email = emailOf(client);
  const amount = (minor: bigint) => amountOf(minor, currency);
  const lines: Body[] = facts.lines.map((line) => ({
    DetailType: "SalesItemLineDetail",
    Amount: amount(line.amount),
    Description: cut([line.description, line.longDescription ?? ""].join("\n").trim(), 4_000),
    SalesItemLineDetail: {
      ItemRef: refTo(itemIdOf(itemOfLine(facts, line))),
      ...quantityOf(line, currency),
      TaxCodeRef: taxCodeRefOf(facts, line, { settings, books }),
    },
  }));
  if (invoice.adjustmentAmount !== 0n) {
    lines.push({
      DetailType: "SalesItemLineDetail",
      Amount: amount(invoice.adjustmentAmount),
      Description: cut(invoice.adjustmentDescription ?? "Adjustment", 4_000),
      SalesItemLineDetail: {
        ItemRef: refTo(itemIdOf({ kind: "own-item", recordId: ownItems.adjustment })),
        Qty: 1,
        UnitPrice: amount(invoice.adjustmentAmount),
        TaxCodeRef: taxCodeRefOf(facts, undefined, { settings, books }),
      },
    });
  }
  if (invoice.discountTotal > 0n) {
    lines.push({
      DetailType: "DiscountLineDetail",
      Amount: amount(invoice.discountTotal),
      DiscountLineDetail: {
        PercentBased: false,
        DiscountAccountRef: refTo(settings.discount_account_id ?? ""),
      },
    });
  }
  const mark = markOf("invoice", companyId, invoice.id);
  return {
    CustomerRef: refTo(customerId),
    // A longer one is in the note alone, and QuickBooks gives one of its own.
    ...(invoice.invoiceNumber.length <= NUMBER_LENGTH_MAX && { DocNumber: invoice.invoiceNumber }),
    TxnDate: invoice.issueDate,
    DueDate: invoice.dueDate,
    ...(books.isMultiCurrency && { CurrencyRef: refTo(currency) }),
    Line: lines,
    ApplyTaxAfterDiscount: true,
    TxnTaxDetail: { TotalTax: amount(taxOf(facts)) },
    ...(books.country !== "US" && { GlobalTaxCalculation: "TaxExcluded" }),
    BillEmail: { Address: email ?? "" },
    CustomerMemo: { value: cut(invoice.notes ?? "", 1_000) },
    PrivateNote: `${mark} ${invoice.invoiceNumber}`,
  };
}

/**
 * Quantity and price, where QuickBooks would come to our amount with them: it rounds to two decimals, and
 * a currency without any is rounded further here. The amount alone stands without them.
 */
function quantityOf({ quantity, unitPrice, amount }: InvoiceLineRow, currency: string): Body {
  const [Qty, UnitPrice] = [Number(quantity), priceOf(unitPrice, currency)];
  const isClose = Math.abs(Qty * UnitPrice - amountOf(amount, currency)) < 0.0051;
  return isClose ? { Qty, UnitPrice } : {};
}

/** The invoice's tax, with that on its late fees. */
function taxOf({ invoice, lines }: InvoiceFacts): bigint {
  return lines
    .filter((line) => line.isLateFee)
    .reduce((sum, line) => sum + line.taxAmount1 + line.taxAmount2, invoice.taxTotal);
}

/** A line of a service that is gone is sold as our own item. */
function itemOfLine(
  { services }: InvoiceFacts,
  line: InvoiceLineRow,
): Pick<Named, "kind" | "recordId"> {
  if (line.isLateFee) return { kind: "own-item", recordId: ownItems.lateFee };
  return line.serviceId !== null && services.has(line.serviceId)
    ? { kind: "item", recordId: line.serviceId }
    : { kind: "own-item", recordId: ownItems.work };
}

/**
 * In the US a line is taxed or not, and the amount stands on the invoice; elsewhere a code says how.
 *
 * @param line none: of an adjustment, which is never taxed
 */
function taxCodeRefOf(
  { invoice, taxes }: InvoiceFacts,
  line: InvoiceLineRow | undefined,
  { settings, books }: Pick<Mapping, "settings" | "books">,
): { value: string } {
  const rates = line === undefined ? [] : ratesOf(line, invoice.taxType === "summary" ? taxes : []);
  if (books.country === "US") return refTo(rates.length > 0 ? "TAX" : "NON");
  if (rates.length === 0) {
    if (settings.untaxed_code !== null) return refTo(settings.untaxed_code);
    throw new Waits("Choose the tax code of lines without tax.", { setting: "untaxed_code" });
  }
  const code = taxCodeOf(settings, rates);
  if (code !== undefined) return refTo(code);
  const text = rates.map((rate) => `${rate / 100} %`).join(" and ");
  throw new Waits(`Choose the tax code that stands for ${text}.`, { setting: "tax_codes" });
}

/** Basis points, without those of nothing. */
function ratesOf(line: InvoiceLineRow, taxes: readonly { rate: string }[]): number[] {
  const summary = line.isLateFee ? [] : taxes.map(({ rate }) => rate);
  return [line.taxRate1, line.taxRate2, ...summary]
    .filter((rate) => rate !== null)
    .map(Number)
    .filter((rate) => rate > 0);
}

/** Whether somebody there has changed what matters of an invoice. */
export function isDrifted(
  { facts: { invoice }, customerId }: { facts: InvoiceFacts; customerId: string },
  there: QbRecord,
): boolean {
  return (
    there.TotalAmt !== amountOf(invoice.total, invoice.currency) ||
    there.CustomerRef?.value !== customerId ||
    there.TxnDate !== invoice.issueDate ||
    there.DueDate !== invoice.dueDate
  );
}

/** What QuickBooks makes of an invoice, where that is something else than ours; undefined when it is the same. */
export function differenceOf(
  { invoice, payments }: InvoiceFacts,
  there: { TotalAmt?: number | undefined },
): string | undefined {
  const differences: string[] = [];
  const { currency } = invoice;
  const ours = amountOf(invoice.total, currency);
  if (there.TotalAmt !== undefined && there.TotalAmt !== ours) {
    const total = there.TotalAmt.toFixed(Math.min(currencyExponent(currency), 2));
    differences.push(
      `It comes to ${total} there, and to ${formatMoney(invoice.total, currency)} here.`,
    );
  }
  const paid = payments.reduce(
    (sum, { amount, credited, amountRefunded, refunds }) =>
      sum +
      amount -
      credited -
      amountRefunded +
      refunds.reduce((all, r) => all + r.creditAmount, 0n),
    0n,
  );
  const credits = invoice.amountPaid - paid;
  if (credits > 0n && invoice.status !== "cancelled") {
    const text = formatMoney(credits, currency);
    differences.push(`A credit of ${text} was used for it here: use it there, too.`);
  }
  return differences.length === 0 ? undefined : differences.join(" ");
}
