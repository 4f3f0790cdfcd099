import { eastern, emptyBooks, money, type Books, type Entry } from "./books.ts";
import type { SeedOptions } from "../provider.ts";

const trades = ["Bakery", "Cycles", "Dental", "Florist", "Garage", "Legal", "Press", "Roofing"];
const places = ["Maple", "Harbour", "Station", "Mill", "Chapel", "River", "Orchard", "Castle"];
const people = ["Ada", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gail", "Hugo"];
const countries = ["United States", "Canada", "United Kingdom", ""];
const currencies = ["USD", "USD", "USD", "CAD", "GBP"];
const work = ["Design", "Development", "Hosting", "Support", "Training"];
const methods = ["Check", "Cash", "Bank Transfer", "Credit Card", "ACH", "Other"];
const FIRST_DAY = Date.UTC(2024, 0, 2);
const DAY_MS = 86_400_000;

interface Chance {
  below: (limit: number) => number;
  of: <Item>(items: readonly Item[]) => Item;
}

function chanceOf(random: () => number): Chance {
  const below = (limit: number) => Math.floor(random() * limit);
  return { below, of: (items) => items[below(items.length)]! };
}

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
    tax(1, "GST", "5", accountId),
    tax(2, "PST", "9.975", accountId),
    tax(3, "VAT", "20", accountId),
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

function tax(id: number, name: string, amount: string, accountId: string): Entry {
  return {
    id,
    taxid: id,
    name,
    amount,
    number: null,
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

interface Lines {
  lines: Entry[];
  /** Cents. */
  total: number;
  discountTotal: number;
}

/** Lines that come to a total as FreshBooks works it out: discount first, each tax of each line rounded. */
function linesOf(chance: Chance, code: string, discountPercent: number): Lines {
  const lines: Entry[] = [];
  let subtotal = 0;
  const count = 1 + chance.below(4);
  for (let place = 1; place <= count; place += 1) {
    const quarters = 1 + chance.below(40);
    const unit = 2_500 + chance.below(200) * 50;
    const cents = roundHalf((quarters * unit) / 4);
    subtotal += cents;
    const taxed = chance.below(3);
    lines.push({
      id: place,
      lineid: String(place),
      name: chance.of(work),
      description: place === 1 ? "As agreed" : "",
      qty: String(quarters / 4),
      unit_cost: money(unit, code),
      amount: money(cents, code),
      type: 0,
      taxName1: taxed > 0 ? "GST" : "",
      taxAmount1: taxed > 0 ? "5" : "0",
      taxName2: taxed > 1 ? "PST" : "",
      taxAmount2: taxed > 1 ? "9.975" : "0",
      compounded_tax: false,
      cents,
    });
  }
  const discountTotal = roundHalf((subtotal * discountPercent) / 100);
  let taxes = 0;
  for (const [index, share] of spread(
    discountTotal,
    lines.map((line) => Number(line["cents"])),
  ).entries()) {
    const line = lines[index]!;
    const base = Number(line["cents"]) - share;
    taxes += roundHalf((base * Number(line["taxAmount1"])) / 100);
    taxes += roundHalf((base * Number(line["taxAmount2"])) / 100);
    delete line["cents"];
  }
  return { lines, total: subtotal - discountTotal + taxes, discountTotal };
}

/** Halves go up; the little that binary fractions lack is made up for. */
function roundHalf(value: number): number {
  return Math.floor(value + 0.5 + 1e-9);
}

/** Whole cents in the proportion of the parts, by largest remainder. */
function spread(total: number, parts: readonly number[]): number[] {
  const sum = parts.reduce((one, other) => one + other, 0);
  const exact = parts.map((part) => (sum === 0 ? 0 : (total * part) / sum));
  const shares = exact.map(Math.floor);
  const missing = total - shares.reduce((one, other) => one + other, 0);
  const order = exact
    .map((value, index) => ({ index, rest: value - Math.floor(value) }))
    .toSorted((one, other) => other.rest - one.rest || one.index - other.index);
  for (const { index } of order.slice(0, missing)) shares[index]! += 1;
  return shares;
}

const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);

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
    display_status: status,
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

/** Projects, time, expenses, estimates, credits and profiles, in proportion to clients and invoices. */
function addWork(
  books: Books,
  { clients, invoices }: { clients: number; invoices: number },
  chance: Chance,
  accountId: string,
): void {
  for (let number = 1; number <= Math.ceil(clients / 4); number += 1) {
    const owner = chance.of(books.clients);
    const isFixed = number % 3 === 0;
    books.projects.push({
      id: 7_000 + number,
      title: `${chance.of(places)} site ${number}`,
      description: null,
      due_date: number % 2 === 0 ? "2026-12-31" : null,
      client_id: String(owner.id),
      internal: false,
      active: true,
      complete: number % 5 === 0,
      sample: false,
      budget: number % 4 === 0 ? String(40 * 3_600) : null,
      fixed_price: isFixed ? "2500.00" : null,
      rate: isFixed ? null : "95.00",
      billing_method: "project_rate",
      project_type: isFixed ? "fixed_price" : "hourly_rate",
      project_manager_id: null,
      logged_duration: null,
      billed_amount: 0,
      billed_status: "unbilled",
      retainer_id: null,
      expense_markup: 0,
      group_id: null,
      services: [],
      created_at: "2024-02-01T09:00:00",
      updated_at: "2024-02-01T09:00:00",
    });
  }
  for (let number = 1; number <= Math.ceil(invoices / 4); number += 1) {
    const project = chance.of(books.projects);
    const at = new Date(FIRST_DAY + number * DAY_MS + 14 * 3_600_000);
    books.time_entries.push({
      id: 90_000 + number,
      identity_id: 12_345,
      is_logged: true,
      // With and without the Z: both are UTC.
      started_at:
        number % 2 === 0 ? at.toISOString().replace(".000", "") : at.toISOString().slice(0, 19),
      created_at: at.toISOString().replace(".000", ""),
      client_id: Number(project["client_id"]),
      project_id: project.id,
      pending_client: null,
      pending_project: null,
      pending_task: null,
      task_id: null,
      service_id: 500 + chance.below(work.length),
      note: number % 3 === 0 ? null : "Worked on the site",
      active: true,
      billable: true,
      billed: number % 4 === 0,
      internal: false,
      retainer_id: null,
      duration: 1_800 * (1 + chance.below(8)),
      timer: null,
    });
    const owner = chance.of(books.clients);
    const code = String(owner["currency_code"]);
    books.expenses.push({
      id: 60_000 + number,
      expenseid: 60_000 + number,
      categoryid: 1 + chance.below(4),
      staffid: 1,
      clientid: number % 2 === 0 ? owner.id : 0,
      projectid: 0,
      invoiceid: null,
      // One that came to nothing.
      amount: money(number === 5 ? 0 : 1_000 + chance.below(50_000), code),
      date: day(FIRST_DAY + number * DAY_MS),
      vendor: chance.of(["City Rail", "Paper & Co", "Corner Café"]),
      notes: "",
      markup_percent: 0,
      taxName1: null,
      taxName2: null,
      taxPercent1: null,
      taxPercent2: null,
      taxAmount1: null,
      taxAmount2: null,
      compounded_tax: false,
      has_receipt: false,
      status: 1,
      accounting_systemid: accountId,
      updated: eastern(at),
      vis_state: number % 31 === 0 ? 1 : 0,
    });
  }
  addPapers(books, { clients, invoices }, chance, accountId);
}

function addPapers(
  books: Books,
  { clients, invoices }: { clients: number; invoices: number },
  chance: Chance,
  accountId: string,
): void {
  for (let number = 1; number <= Math.ceil(invoices / 10); number += 1) {
    const owner = chance.of(books.clients);
    const code = String(owner["currency_code"]);
    const { lines, total, discountTotal } = linesOf(chance, code, 0);
    const common = {
      accounting_systemid: accountId,
      currency_code: code,
      language: "en",
      amount: money(total, code),
      discount_total: money(-discountTotal, code),
      discount_value: "0",
      notes: "",
      terms: "",
      vis_state: 0,
    };
    const created = FIRST_DAY + number * 2 * DAY_MS;
    books.estimates.push({
      ...common,
      id: 30_000 + number,
      estimateid: 30_000 + number,
      customerid: owner.id,
      estimate_number: `EST-${String(number).padStart(4, "0")}`,
      create_date: day(created),
      status: "2",
      display_status: chance.of(["draft", "sent", "viewed"]),
      ui_status: number % 3 === 0 ? "accepted" : "sent",
      accepted: number % 3 === 0,
      invoiced: false,
      lines,
    });
    if (number % 4 === 0) {
      books.invoice_profiles.push({
        ...common,
        id: 40_000 + number,
        profileid: 40_000 + number,
        customerid: owner.id,
        create_date: "2026-01-15",
        frequency: chance.of(["m", "w", "3m", "y"]),
        numberRecurring: number % 8 === 0 ? 6 : 0,
        occurrences_to_date: 3,
        due_offset_days: 30,
        disable: false,
        lines: structuredClone(lines),
      });
    }
  }
  for (let number = 1; number <= Math.ceil(clients / 10); number += 1) {
    const owner = chance.of(books.clients);
    const code = String(owner["currency_code"]);
    const cents = 5_000 + chance.below(100) * 100;
    books.credit_notes.push({
      id: 80_000 + number,
      creditid: 80_000 + number,
      clientid: String(owner.id),
      credit_number: `CR-${number}`,
      create_date: day(FIRST_DAY + number * DAY_MS),
      credit_type: chance.of(["goodwill", "prepayment"]),
      currency_code: code,
      amount: money(cents, code),
      paid: money(0, code),
      notes: "",
      terms: null,
      language: "en",
      status: "sent",
      display_status: "created",
      payment_status: "unpaid",
      dispute_status: null,
      lines: [],
      vis_state: 0,
    });
  }
}
