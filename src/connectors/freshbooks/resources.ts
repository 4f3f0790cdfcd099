import { z } from "zod";
import {
  FbClient,
  FbCreditNote,
  FbEstimate,
  FbExpense,
  FbInvoice,
  FbItem,
  FbPayment,
  FbProfile,
  FbProject,
  FbService,
  FbTax,
  FbTimeEntry,
} from "./schemas.ts";

/** FreshBooks gives no more on a page, whatever is asked for. */
export const PER_PAGE = 100;

/** What an address is about: an account of the books, or a business. */
export interface Place {
  accountId: string;
  /** Null for a connection that has none: its projects and time cannot be read. */
  businessId: number | null;
}

interface Resource<Schema extends z.ZodType> {
  schema: Schema;
  /** Below the API's address. */
  path: (place: { accountId: string; businessId: number }) => string;
  /** Where the list stands in the answer. */
  listKey: string;
  family: "accounting" | "business";
  /** States of visibility that are asked for one after the other; a list shows only active ones by itself. */
  visStates: readonly (0 | 2)[] | null;
  includes?: readonly string[];
  /** In an order that stays, while others work over there. */
  sort?: string;
  isPaged?: boolean;
}

function accounting(name: string): Resource<z.ZodType>["path"] {
  return ({ accountId }) => `/accounting/account/${encodeURIComponent(accountId)}/${name}`;
}

/** What can be listed, by its name in FreshBooks' own answers. */
export const resources = {
  clients: {
    schema: FbClient,
    path: accounting("users/clients"),
    listKey: "clients",
    family: "accounting",
    visStates: [0, 2],
    includes: ["contacts"],
  },
  taxes: {
    schema: FbTax,
    path: accounting("taxes/taxes"),
    listKey: "taxes",
    family: "accounting",
    visStates: null,
  },
  items: {
    schema: FbItem,
    path: accounting("items/items"),
    listKey: "items",
    family: "accounting",
    visStates: [0, 2],
  },
  services: {
    schema: FbService,
    path: ({ businessId }) => `/comments/business/${businessId}/services`,
    listKey: "services",
    family: "business",
    visStates: null,
    isPaged: false,
  },
  projects: {
    schema: FbProject,
    path: ({ businessId }) => `/projects/business/${businessId}/projects`,
    listKey: "projects",
    family: "business",
    visStates: null,
  },
  invoices: {
    schema: FbInvoice,
    path: accounting("invoices/invoices"),
    listKey: "invoices",
    family: "accounting",
    visStates: [0, 2],
    includes: ["lines"],
    sort: "invoice_date_asc",
  },
  credit_notes: {
    schema: FbCreditNote,
    path: accounting("credit_notes/credit_notes"),
    listKey: "credit_notes",
    family: "accounting",
    visStates: [0, 2],
  },
  payments: {
    schema: FbPayment,
    path: accounting("payments/payments"),
    listKey: "payments",
    family: "accounting",
    visStates: [0, 2],
  },
  expenses: {
    schema: FbExpense,
    path: accounting("expenses/expenses"),
    listKey: "expenses",
    family: "accounting",
    visStates: [0, 2],
  },
  time_entries: {
    schema: FbTimeEntry,
    path: ({ businessId }) => `/timetracking/business/${businessId}/time_entries`,
    listKey: "time_entries",
    family: "business",
    visStates: null,
  },
  estimates: {
    schema: FbEstimate,
    path: accounting("estimates/estimates"),
    listKey: "estimates",
    family: "accounting",
    visStates: [0, 2],
    includes: ["lines"],
  },
  invoice_profiles: {
    schema: FbProfile,
    path: accounting("invoice_profiles/invoice_profiles"),
    listKey: "invoice_profiles",
    family: "accounting",
    visStates: [0, 2],
    includes: ["lines"],
  },
} as const satisfies Record<string, Resource<z.ZodType>>;

export type ResourceName = keyof typeof resources;
export type RecordOf<Name extends ResourceName> = z.output<(typeof resources)[Name]["schema"]>;
/** A list that has a state of visibility for each step of reading it. */
export type VisState = 0 | 2;

/** As the table has it, without what is known of each name. */
export function describeResource(name: ResourceName): Resource<z.ZodType> {
  return resources[name];
}
