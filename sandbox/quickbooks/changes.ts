import type { SandboxClock } from "../clock.ts";
import {
  bump,
  centsOf,
  fieldsOf,
  listOf,
  stamp,
  textOf,
  type BookName,
  type QbBooks,
  type QbObject,
} from "./books.ts";
import { QbFault } from "./faults.ts";
import { paidOf, rules, totalOf } from "./rules.ts";

/** What is to become of an object: "create" and "update" are told apart by its Id. */
export type Operation = "save" | "void" | "delete";

/** Makes, changes, voids or deletes one object, as a POST or a part of a batch asks. */
export function change(
  books: QbBooks,
  book: BookName,
  given: Record<string, unknown>,
  {
    operation,
    clock,
    allowsDuplicate,
  }: {
    operation: Operation;
    clock: SandboxClock;
    allowsDuplicate: boolean;
  },
): Record<string, unknown> {
  if (given["Id"] === undefined) {
    if (operation !== "save") throw new QbFault("2020", "Required parameter missing", "Id");
    return create(books, book, { ...given, allowsDuplicate }, clock);
  }
  const known = books[book].find(({ Id }) => Id === given["Id"]);
  if (known === undefined) {
    throw new QbFault("610", "Object Not Found", "Something you're trying to use has been deleted");
  }
  if (given["SyncToken"] !== known.SyncToken) {
    throw new QbFault(
      "5010",
      "Stale Object Error",
      "You and another user were working on this at the same time.",
    );
  }
  if (operation === "delete") {
    books[book].splice(books[book].indexOf(known), 1);
    settle(books, linkedOf(known));
    return { Id: known.Id, domain: "QBO", status: "Deleted" };
  }
  const linkedBefore = linkedOf(known);
  if (operation === "void") voidPaper(books, book, known);
  else update(books, book, known, { ...given, allowsDuplicate });
  touch(known, clock);
  if (book === "Invoice") complete(books, known);
  settle(books, [...linkedBefore, ...linkedOf(known)]);
  return known;
}

function create(
  books: QbBooks,
  book: BookName,
  given: Record<string, unknown>,
  clock: SandboxClock,
): QbObject {
  rules[book]?.(books, given);
  const { allowsDuplicate: _, ...fields } = given;
  const entry: QbObject = { ...fields, ...stamp(clock, nextId(books, clock)) };
  if (book === "Customer" || book === "Item") entry["Active"] ??= true;
  entry["CurrencyRef"] ??= { value: books.preferences.homeCurrency };
  if (book === "Item") delete entry["CurrencyRef"];
  if (book === "Invoice" && !books.preferences.hasOwnNumbers) {
    entry["DocNumber"] = String(1_000 + books.Invoice.length + 1);
  }
  books[book].push(entry);
  if (book === "Invoice") complete(books, entry);
  settle(books, linkedOf(entry));
  return entry;
}

/** A sparse change leaves what it does not name; another one empties it. */
function update(
  books: QbBooks,
  book: BookName,
  known: QbObject,
  given: Record<string, unknown>,
): void {
  const { allowsDuplicate, sparse, ...fields } = given;
  const next = sparse === true ? { ...known, ...fields } : fields;
  const papers = book === "Invoice" ? { DocNumber: known["DocNumber"] } : {};
  const kept = books.preferences.hasOwnNumbers ? {} : papers;
  rules[book]?.(books, { ...next, ...kept, allowsDuplicate });
  const { SyncToken, domain, MetaData } = known;
  for (const name of Object.keys(known)) if (name !== "Id") delete known[name];
  Object.assign(known, next, kept, { SyncToken, domain, MetaData, sparse: false });
}

function voidPaper(books: QbBooks, book: BookName, known: QbObject): void {
  if (book !== "Invoice" && book !== "Payment") {
    throw new QbFault("2010", "Request has invalid or unsupported property", "void");
  }
  known["PrivateNote"] = "Voided";
  known["TotalAmt"] = 0;
  if (book === "Payment") {
    known["Line"] = [];
    return;
  }
  known["TxnTaxDetail"] = { TotalTax: 0 };
  known["Line"] = listOf(known["Line"]).map((line) => ({
    ...line,
    Amount: 0,
    ...(line["SalesItemLineDetail"] !== undefined && {
      SalesItemLineDetail: { ...fieldsOf(line["SalesItemLineDetail"]), Qty: 0 },
    }),
  }));
  // What was paid is the customer's again.
  for (const payment of books.Payment) {
    const lines = listOf(payment["Line"]);
    const left = lines.filter((line) =>
      listOf(line["LinkedTxn"]).every(({ TxnId }) => TxnId !== known.Id),
    );
    if (left.length === lines.length) continue;
    payment["Line"] = left;
    bump(payment);
  }
}

/** What QuickBooks works out for an invoice. */
function complete(books: QbBooks, invoice: QbObject): void {
  const lines = listOf(invoice["Line"]).filter(
    ({ DetailType }) => DetailType !== "SubTotalLineDetail",
  );
  const sales = lines.filter(({ DetailType }) => DetailType === "SalesItemLineDetail");
  const subtotal = sales.reduce((sum, { Amount }) => sum + centsOf(Amount), 0);
  invoice["Line"] = [
    ...lines.map((line, index) => ({ Id: String(index + 1), LineNum: index + 1, ...line })),
    { Amount: subtotal / 100, DetailType: "SubTotalLineDetail", SubTotalLineDetail: {} },
  ];
  invoice["TotalAmt"] = totalOf(invoice) / 100;
  balance(books, invoice);
}

function balance(books: QbBooks, invoice: QbObject): void {
  invoice["Balance"] = (centsOf(invoice["TotalAmt"]) - paidOf(books, invoice.Id)) / 100;
  invoice["LinkedTxn"] = books.Payment.filter((payment) =>
    linkedOf(payment).includes(invoice.Id),
  ).map(({ Id }) => ({ TxnId: Id, TxnType: "Payment" }));
}

/** Invoices that a payment has come to, or left. */
function settle(books: QbBooks, invoiceIds: readonly string[]): void {
  for (const invoice of books.Invoice) {
    if (!invoiceIds.includes(invoice.Id)) continue;
    balance(books, invoice);
    bump(invoice);
  }
}

function linkedOf(payment: QbObject): string[] {
  return listOf(payment["Line"]).flatMap((line) =>
    listOf(line["LinkedTxn"]).flatMap(({ TxnId }) => textOf(TxnId) ?? []),
  );
}

function touch(known: QbObject, clock: SandboxClock): void {
  bump(known);
  const { CreateTime } = fieldsOf(known["MetaData"]);
  const { LastUpdatedTime } = stamp(clock, known.Id).MetaData;
  known["MetaData"] = { CreateTime, LastUpdatedTime };
}

/** One row of numbers for everything; started anew, the sandbox names nothing as it did before. */
function nextId(books: QbBooks, clock: SandboxClock): string {
  const ids = [books.Customer, books.Item, books.Invoice, books.Payment].flat();
  const first = Math.floor(clock.now().getTime() / 1_000);
  return String(Math.max(first, ...ids.map(({ Id }) => Number(Id))) + 1);
}
