import {
  centsOf,
  fieldsOf,
  listOf,
  numberOf,
  refOf,
  textOf,
  type BookName,
  type QbBooks,
  type QbObject,
} from "./books.ts";
import { QbFault } from "./faults.ts";

type Fields = Record<string, unknown>;

/** What QuickBooks checks before it takes an object, new or changed. */
export const rules: Readonly<Partial<Record<BookName, (books: QbBooks, given: Fields) => void>>> = {
  Customer(books, given) {
    const name = requireText(given, "DisplayName", 500);
    if (/[:\t\n]/.test(name)) throw new QbFault("6000", "A business validation error has occurred");
    for (const book of ["Customer", "Vendor"] as const) {
      checkName(books, book, "DisplayName", name, given);
    }
    checkLength(fieldsOf(given["PrimaryEmailAddr"]), "Address", 100);
    const currency = currencyOf(books, given);
    const known = books.Customer.find(({ Id }) => Id === given["Id"]);
    if (known !== undefined && currencyOf(books, known) !== currency) {
      throw new QbFault("6000", "A customer's currency cannot be changed");
    }
  },
  Item(books, given) {
    checkName(books, "Item", "Name", requireText(given, "Name", 100), given);
    if (refOf(given["IncomeAccountRef"]) === undefined) {
      throw new QbFault("6000", "A business validation error has occurred", "Select an account");
    }
    requireRef(books, "Account", given["IncomeAccountRef"]);
  },
  Invoice(books, given) {
    const customer = requireRef(books, "Customer", given["CustomerRef"]);
    checkCurrency(books, given, customer);
    checkPeriod(books, given);
    checkNumber(books, given);
    for (const [name, length] of [
      ["DocNumber", 21],
      ["PrivateNote", 4_000],
    ] as const) {
      checkLength(given, name, length);
    }
    checkLength(fieldsOf(given["BillEmail"]), "Address", 100);
    checkLength(fieldsOf(given["CustomerMemo"]), "value", 1_000);
    const lines = listOf(given["Line"]);
    const sales = lines.filter((line) => line["DetailType"] === "SalesItemLineDetail");
    if (sales.length === 0) throw missing("Line");
    for (const line of sales) checkSalesLine(books, line);
    for (const line of lines) {
      const discount = fieldsOf(line["DiscountLineDetail"]);
      if (discount["DiscountAccountRef"] !== undefined) {
        requireRef(books, "Account", discount["DiscountAccountRef"]);
      }
    }
    if (totalOf(given) < 0) throw new QbFault("6000", "The total must not be negative");
  },
  Payment(books, given) {
    if (typeof given["TotalAmt"] !== "number") throw missing("TotalAmt");
    const customer = requireRef(books, "Customer", given["CustomerRef"]);
    checkCurrency(books, given, customer);
    checkPeriod(books, given);
    checkLength(given, "PaymentRefNum", 21);
    checkLength(given, "PrivateNote", 4_000);
    if (given["DepositToAccountRef"] !== undefined) {
      requireRef(books, "Account", given["DepositToAccountRef"]);
    }
    let applied = 0;
    for (const line of listOf(given["Line"])) {
      applied += centsOf(line["Amount"]);
      for (const { TxnId, TxnType } of listOf(line["LinkedTxn"])) {
        if (TxnType !== "Invoice") continue;
        const invoice = books.Invoice.find(({ Id }) => Id === TxnId);
        if (invoice === undefined) throw new QbFault("610", "Object Not Found");
        if (refOf(invoice["CustomerRef"]) !== customer.Id) {
          throw new QbFault("6000", "The invoice is another customer's");
        }
        const others = paidOf(books, invoice.Id, textOf(given["Id"]));
        if (others + centsOf(line["Amount"]) > centsOf(invoice["TotalAmt"])) {
          throw new QbFault("6000", "You can't apply more than the open balance");
        }
      }
    }
    if (applied > centsOf(given["TotalAmt"])) {
      throw new QbFault("6000", "You can't apply more than was received");
    }
  },
};

/** Cents. Lines less the discount, and the tax as it was given. */
export function totalOf(given: Fields): number {
  let total = centsOf(fieldsOf(given["TxnTaxDetail"])["TotalTax"]);
  for (const line of listOf(given["Line"])) {
    if (line["DetailType"] === "SalesItemLineDetail") total += centsOf(line["Amount"]);
    if (line["DetailType"] === "DiscountLineDetail") total -= centsOf(line["Amount"]);
  }
  return total;
}

/** Cents that payments, but for one, have put to an invoice. */
export function paidOf(books: QbBooks, invoiceId: string, without?: string): number {
  let paid = 0;
  for (const payment of books.Payment) {
    if (payment.Id === without) continue;
    for (const line of listOf(payment["Line"])) {
      const isOfInvoice = listOf(line["LinkedTxn"]).some(
        ({ TxnId, TxnType }) => TxnType === "Invoice" && TxnId === invoiceId,
      );
      if (isOfInvoice) paid += centsOf(line["Amount"]);
    }
  }
  return paid;
}

function checkSalesLine(books: QbBooks, line: Fields): void {
  const detail = fieldsOf(line["SalesItemLineDetail"]);
  requireRef(books, "Item", detail["ItemRef"]);
  const product = numberOf(detail["Qty"]) * numberOf(detail["UnitPrice"]);
  if (detail["Qty"] !== undefined && Math.abs(product * 100 - centsOf(line["Amount"])) > 0.51) {
    throw new QbFault("6070", "Amount calculation incorrect in the request");
  }
  checkLength(line, "Description", 4_000);
  const code = refOf(detail["TaxCodeRef"]);
  if (books.company.country === "US") {
    if (code !== undefined && code !== "TAX" && code !== "NON") {
      throw new QbFault("2500", "Invalid Reference Id", `TaxCode ${code}`);
    }
  } else if (books.TaxCode.every(({ Id }) => Id !== code)) {
    throw new QbFault(
      "6000",
      "A business validation error has occurred while processing your request",
      "Make sure all your transactions have a VAT rate before you save.",
    );
  }
}

function checkCurrency(books: QbBooks, given: Fields, customer: QbObject): void {
  if (currencyOf(books, given) === currencyOf(books, customer)) return;
  throw new QbFault("6000", "The transaction's currency is not the customer's");
}

function currencyOf({ preferences }: QbBooks, given: Fields): string {
  const currency = refOf(given["CurrencyRef"]) ?? preferences.homeCurrency;
  if (currency !== preferences.homeCurrency && !preferences.isMultiCurrency) {
    throw new QbFault("6000", "Multicurrency is not turned on");
  }
  return currency;
}

function checkPeriod({ preferences: { closedUntil } }: QbBooks, given: Fields): void {
  const date = textOf(given["TxnDate"]) ?? "9999";
  if (closedUntil === null || date > closedUntil) return;
  throw new QbFault("6210", "Account Period Closed", "The account period has closed");
}

function checkNumber({ Invoice, preferences }: QbBooks, given: Fields): void {
  const number = textOf(given["DocNumber"]);
  if (!preferences.hasOwnNumbers || number === undefined) return;
  const other = Invoice.find((each) => each["DocNumber"] === number && each.Id !== given["Id"]);
  if (other === undefined || given["allowsDuplicate"] === true) return;
  throw new QbFault(
    "6140",
    "Duplicate Document Number Error",
    `You must specify a different number. This number has already been used. DocNumber=${number} is assigned to TxnType=Invoice with TxnId=${other.Id}`,
  );
}

function checkName(
  books: QbBooks,
  book: BookName,
  field: string,
  name: string,
  given: Fields,
): void {
  const wanted = name.toLowerCase();
  const other = books[book].find(
    (each) => textOf(each[field])?.toLowerCase() === wanted && each.Id !== given["Id"],
  );
  if (other === undefined) return;
  throw new QbFault(
    "6240",
    "Duplicate Name Exists Error",
    `The name supplied already exists. : Another ${book.toLowerCase()} is already using this name.`,
  );
}

function requireText(given: Fields, name: string, length: number): string {
  const text = textOf(given[name]);
  if (text === undefined || text === "") throw missing(name);
  checkLength(given, name, length);
  return text;
}

function requireRef(books: QbBooks, book: BookName, ref: unknown): QbObject {
  const id = refOf(ref);
  if (id === undefined) throw missing(`${book}Ref`);
  const found = books[book].find(({ Id }) => Id === id);
  if (found === undefined) throw new QbFault("2500", "Invalid Reference Id", `${book} ${id}`);
  if (found["Active"] === false) {
    throw new QbFault("610", "Object Not Found", "Another user has made it inactive");
  }
  return found;
}

function checkLength(given: Fields, name: string, length: number): void {
  if ((textOf(given[name])?.length ?? 0) <= length) return;
  throw new QbFault("2050", "Length exceeds limit", `${name}: at most ${length} characters`);
}

function missing(name: string): QbFault {
  return new QbFault("2020", "Required parameter missing, please supply it", name);
}
