import { eastern, emptyBooks, money, type Books, type Entry } from "./books.ts";
import { chanceOf, day, DAY_MS, FIRST_DAY, places, work, type Chance } from "./chance.ts";
import { linesOf } from "./lines.ts";
import { addWork } from "./work.ts";
import type { SeedOptions } from "../provider.ts";

const trades = ["Bakery", "Cycles", "Dental", "Florist", "Garage", "Legal", "Press", "Roofing"];
const people = ["Ada", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gail", "Hugo"];
const countries = ["United States", "Canada", "United Kingdom", ""];
const currencies = ["USD", "USD", "USD", "CAD", "GBP"];
const methods = ["Check", "Cash", "Bank Transfer", "Credit Card", "ACH", "Other"];

/** Books of a firm that has been at it for two years: the same seed gives the same ones. */
export function seedBooks(
  { clients, invoices }: SeedOptions,
  {
    random,
    accountId,
    businessId,
  }: { random: () => number; accountId: string; businessId: number },
): Books {
  const chance = chanceOf(random);
  const books = emptyBooks();
  books.taxes = [
    tax(1, "GST", 5, accountId),
    tax(2, "PST", 9.975, accountId),
    tax(3, "VAT", 20, accountId),
  ];
  books.categories = ["Travel", "Meals & Entertainment", "Office Supplies", "Rent or Lease"].map(
    (category, index) => ({ id: index + 1, categoryid: index + 1, category, vis_state: 0 }),
  );
  books.items = work.map((name, index) => item(index + 1, name, accountId));
  books.services = work.map((name, index) => ({
    id: 500 + index,
    business_id: businessId,
    name,
    billable: true,
    vis_state: 0,
  }));
  for (let number = 1; number <= clients; number += 1) {
    books.clients.push(client(number, chance, accountId));
  }
  if (clients === 0) return books;
  for (let number = 1; number <= invoices; number += 1) {
    addInvoice(books, number, chance, accountId);
  }
  addWork(books, { clients, invoices }, chance, accountId);
  return books;
}

function tax(id: number, name: string, amount: number, accountId: string): Entry {
  return {
    id,
    taxid: id,
    name,
    amount,
    number: "",
    compound: false,
    accounting_systemid: accountId,
    updated: "2024-01-01 09:00:00",
  };
}

function item(id: number, name: string, accountId: string): Entry {
  return {
    id,
    itemid: id,
    accounting_systemid: accountId,
    name,
    description: `${name} by the hour`,
    qty: "1",
    sku: "",
    inventory: null,
    unit_cost: money(9_000 + id * 500, "USD"),
    tax1: id === 1 ? 1 : 0,
    tax2: 0,
    updated: "2024-01-01 09:00:00",
    vis_state: id === 5 ? 2 : 0,
  };
}

function client(number: number, chance: Chance, accountId: string): Entry {
  const id = 1_000 + number;
  const isPerson = number % 7 === 0;
  const person = { fname: chance.of(people), lname: `${chance.of(places)}son` };
  return {
    id,
    userid: id,
    accounting_systemid: accountId,
    ...person,
    organization: isPerson ? "" : `${chance.of(places)} ${chance.of(trades)} ${number}`,
    email: `client-${number}@books.example`,
    bus_phone: `+1 555 ${String(1_000 + number)}`,
    mob_phone: "",
    home_phone: null,
    fax: "",
    p_street: `${number} ${chance.of(places)} Street`,
    p_street2: "",
    p_city: "Springfield",
    p_province: "ON",
    p_code: "M5T 2B3",
    // One that nobody knows.
    p_country: number === 3 ? "Atlantis" : chance.of(countries),
    s_street: "",
    s_street2: "",
    s_city: "",
    s_province: "",
    s_code: "",
    s_country: "",
    currency_code: chance.of(currencies),
    language: "en",
    vat_number: null,
    vat_name: null,
    note: number % 5 === 0 ? "Pays on the last day" : null,
    allow_late_fees: number % 9 !== 0,
    allow_late_notifications: true,
    signup_date: eastern(new Date(FIRST_DAY + number * 3_600_000)),
    updated: eastern(new Date(FIRST_DAY + number * 7_200_000)),
    vis_state: number % 23 === 0 ? 1 : number % 11 === 0 ? 2 : 0,
    contacts:
      number % 4 === 0
        ? [
            {
              contactid: id * 10,
              userid: id,
              fname: chance.of(people),
              lname: "Books",
              email: `accounts-${number}@books.example`,
              phone1: "",
              phone2: "",
            },
          ]
        : [],
  };
}

function addInvoice(books: Books, number: number, chance: Chance, accountId: string): void {
  const owner = books.clients[chance.below(books.clients.length)]!;
  // A currency that no standard knows, once.
  const code = number === 13 ? "XBT" : String(owner["currency_code"]);
  const created = FIRST_DAY + Math.floor((number * 700) / 3_000) * DAY_MS;
  const discountPercent = number % 6 === 0 ? 10 : 0;
  const { lines, total, discountTotal } = linesOf(chance, code, discountPercent);
  // FreshBooks rounds some taxes on the whole, which now and then makes a cent.
  const amount = number % 97 === 0 ? total + 1 : total;
  const state = chance.below(10);
  const paid = state < 6 ? amount : state === 6 ? Math.floor(amount / 2) : 0;
  const status =
    state < 6
      ? "paid"
      : state === 6
        ? "partial"
        : state === 7
          ? "overdue"
          : state === 8
            ? "sent"
            : "draft";
  const id = 20_000 + number;
  books.invoices.push({
    id,
    invoiceid: id,
    accountid: accountId,
    accounting_systemid: accountId,
    customerid: owner.id,
    ownerid: 1,
    invoice_number: `FB-${String(number).padStart(5, "0")}`,
    create_date: day(created),
    due_date: day(created + 30 * DAY_MS),
    due_offset_days: 30,
    created_at: eastern(new Date(created + 15 * 3_600_000)),
    updated: eastern(new Date(created + 16 * 3_600_000)),
    date_paid: status === "paid" ? day(created + 20 * DAY_MS) : null,
    currency_code: code,
    language: "en",
    amount: money(amount, code),
    outstanding: money(amount - paid, code),
    paid: money(paid, code),
    discount_total: money(-discountTotal, code),
    discount_value: String(discountPercent),
    notes: "",
    terms: number % 3 === 0 ? "Thirty days" : null,
    po_number: null,
    organization: owner["organization"],
    status: { paid: 4, partial: 8, overdue: 2, sent: 2, draft: 1 }[status],
    v3_status: number % 50 === 0 && status === "sent" ? "disputed" : status,
    payment_status: paid === 0 ? "unpaid" : paid === amount ? "paid" : "partial",
    display_status: status === "draft" || status === "sent" ? status : "outstanding",
    parent: 0,
    estimateid: 0,
    vis_state: number % 41 === 0 ? 1 : number % 29 === 0 ? 2 : 0,
    lines,
  });
  if (paid > 0) addPayments(books, { id, number, code, paid, created }, chance);
}

function addPayments(
  books: Books,
  {
    id,
    number,
    code,
    paid,
    created,
  }: { id: number; number: number; code: string; paid: number; created: number },
  chance: Chance,
): void {
  const parts =
    number % 8 === 0 && paid > 100 ? [Math.floor(paid / 3), paid - Math.floor(paid / 3)] : [paid];
  for (const [index, cents] of parts.entries()) {
    const paymentId = String(50_000 + books.payments.length + 1);
    books.payments.push({
      id: paymentId,
      logid: Number(paymentId),
      invoiceid: String(id),
      clientid: String(books.invoices.at(-1)!["customerid"]),
      amount: money(cents, code),
      date: day(created + (10 + index * 10) * DAY_MS),
      type: chance.of(methods),
      note: index === 0 ? "" : "The rest",
      gateway: null,
      transactionid: null,
      creditid: null,
      from_credit: false,
      updated: eastern(new Date(created + 20 * DAY_MS)),
      vis_state: number % 41 === 0 ? 1 : 0,
    });
  }
}
