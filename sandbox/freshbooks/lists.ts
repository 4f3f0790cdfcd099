import type { SandboxAnswer, SandboxRequest } from "../provider.ts";
import { visStateOf, type Books, type BookName, type Entry } from "./books.ts";
import { badPage } from "./errors.ts";

const PER_PAGE_MAX = 100;

/** Parts of records that come only when they are asked for. */
const includable: Readonly<Partial<Record<BookName, readonly string[]>>> = {
  clients: ["contacts"],
  invoices: ["lines"],
  estimates: ["lines"],
  invoice_profiles: ["lines"],
};

/** Filters that are known; every other is passed over without a word. */
const filters: Readonly<Partial<Record<BookName, readonly string[]>>> = {
  clients: ["vis_state", "email", "userid"],
  invoices: ["vis_state", "customerid", "v3_status", "invoice_number", "invoiceid"],
  payments: ["vis_state", "invoiceid", "clientid"],
  expenses: ["vis_state", "clientid", "categoryid", "vendor"],
  credit_notes: ["vis_state", "clientid"],
};

/** A list of accounting: `search[…]`, `include[]`, an envelope of two layers. */
export function listAccounting(
  books: Books,
  name: BookName,
  request: SandboxRequest,
): SandboxAnswer {
  const page = pageOf(request, 15);
  if (page === undefined) return badPage(name);
  const found = sortEntries(
    books[name].filter((entry) => fits(name, entry, request)),
    name,
    request,
  );
  const shown = cut(found, page).map((entry) => withIncludes(name, entry, request));
  return {
    status: 200,
    body: {
      response: {
        result: {
          [name]: shown,
          page: page.page,
          pages: pagesOf(found, page),
          per_page: page.perPage,
          total: found.length,
        },
      },
    },
  };
}

/** A list of projects or time: bare filters, a flat envelope. */
export function listOfBusiness(
  books: Books,
  name: BookName,
  request: SandboxRequest,
): SandboxAnswer {
  const page = pageOf(request, 30);
  if (page === undefined) return { status: 422, body: { errno: 2001, error: { page: "invalid" } } };
  const found = books[name];
  return {
    status: 200,
    body: {
      meta: {
        sort: [],
        total: found.length,
        per_page: page.perPage,
        page: page.page,
        pages: pagesOf(found, page),
      },
      [name]: cut(found, page),
    },
  };
}

export function withIncludes(name: BookName, entry: Entry, { query }: SandboxRequest): Entry {
  const asked = new Set(query.getAll("include[]"));
  const hidden = (includable[name] ?? []).filter((part) => !asked.has(part));
  const shown = { ...entry };
  for (const part of hidden) delete shown[part];
  return shown;
}

interface Page {
  page: number;
  perPage: number;
}

/** Page 0 is page 1, and no page is longer than 100, whatever was asked for. */
function pageOf({ query }: SandboxRequest, perPageDefault: number): Page | undefined {
  const page = query.get("page") ?? "1";
  const perPage = query.get("per_page") ?? String(perPageDefault);
  if (!/^\d+$/.test(page) || !/^\d+$/.test(perPage)) return undefined;
  return {
    page: Math.max(1, Number(page)),
    perPage: Math.min(PER_PAGE_MAX, Math.max(1, Number(perPage))),
  };
}

function cut(found: readonly Entry[], { page, perPage }: Page): Entry[] {
  return found.slice((page - 1) * perPage, page * perPage);
}

function pagesOf(found: readonly Entry[], { perPage }: Page): number {
  return Math.ceil(found.length / perPage);
}

function fits(name: BookName, entry: Entry, { query }: SandboxRequest): boolean {
  const states = query.get("search[vis_state]");
  if (visStateOf(entry) !== Number(states ?? 0)) return false;
  return (filters[name] ?? ["vis_state"]).every((key) => {
    const wanted = query.get(`search[${key}]`);
    return key === "vis_state" || wanted === null || String(entry[key]) === wanted;
  });
}

/** Invoices know one order; elsewhere an unknown one is passed over. */
function sortEntries(found: Entry[], name: BookName, { query }: SandboxRequest): Entry[] {
  const sort = /^invoice_date_(asc|desc)$/.exec(query.get("sort") ?? "")?.[1];
  if (name !== "invoices" || sort === undefined) return found;
  const sign = sort === "asc" ? 1 : -1;
  return found.toSorted(
    (one, other) =>
      sign * String(one["create_date"]).localeCompare(String(other["create_date"])) ||
      Number(one.id) - Number(other.id),
  );
}
