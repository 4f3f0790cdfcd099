import type { SandboxClock } from "../clock.ts";

/** Any object of QuickBooks: its fields are as they travel. */
export interface QbObject {
  Id: string;
  SyncToken: string;
  [field: string]: unknown;
}

export const bookNames = [
  "Customer",
  "Vendor",
  "Item",
  "Invoice",
  "Payment",
  "Account",
  "TaxCode",
] as const;
export type BookName = (typeof bookNames)[number];

/** The books of one company, and how it has set them up. Tests change both, as its people would. */
export interface QbBooks extends Record<BookName, QbObject[]> {
  company: { name: string; country: string };
  preferences: {
    homeCurrency: string;
    isMultiCurrency: boolean;
    /** Numbers of papers are the user's own, and one used twice is warned of. */
    hasOwnNumbers: boolean;
    /** Nothing may be dated up to this day. */
    closedUntil: string | null;
  };
}

export function newBooks(clock: SandboxClock): QbBooks {
  const books: QbBooks = {
    company: { name: "Craig's Design and Landscaping", country: "US" },
    preferences: {
      homeCurrency: "USD",
      isMultiCurrency: false,
      hasOwnNumbers: true,
      closedUntil: null,
    },
    Customer: [],
    Vendor: [],
    Item: [],
    Invoice: [],
    Payment: [],
    Account: [],
    TaxCode: [],
  };
  const accounts: readonly [id: string, name: string, type: string][] = [
    ["79", "Services", "Income"],
    ["80", "Late fee income", "Income"],
    ["86", "Discounts given", "Income"],
    ["35", "Checking", "Bank"],
  ];
  for (const [id, name, type] of accounts) {
    books.Account.push({ ...stamp(clock, id), Name: name, AccountType: type, Active: true });
  }
  for (const [id, name] of [
    ["2", "VAT 20%"],
    ["3", "No VAT"],
  ] as const) {
    books.TaxCode.push({ ...stamp(clock, id), Name: name, Active: true });
  }
  books.Vendor.push({ ...stamp(clock, "9"), DisplayName: "Norton Lumber", Active: true });
  return books;
}

/** What QuickBooks adds to whatever is made. */
export function stamp(clock: SandboxClock, id: string) {
  const now = clock.now().toISOString().replace("Z", "+00:00");
  return {
    Id: id,
    SyncToken: "0",
    domain: "QBO",
    sparse: false,
    MetaData: { CreateTime: now, LastUpdatedTime: now },
  };
}

/** Every change, also one that follows from another paper, makes a new SyncToken. */
export function bump(entry: QbObject): void {
  entry.SyncToken = String(Number(entry.SyncToken) + 1);
}

/** A field's value when it is an object: `{ value: "1" }`. */
export function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}

export function listOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function numberOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

/** What a reference names. */
export function refOf(value: unknown): string | undefined {
  return textOf(fieldsOf(value)["value"]);
}

/** Cents, so that sums are exact. */
export function centsOf(value: unknown): number {
  return Math.round(numberOf(value) * 100);
}
