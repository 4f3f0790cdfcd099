import { describeApi } from "../../src/api/openapi.ts";
import { routes } from "../../src/api/routes/registry.ts";
import { askApi, type ApiProcess } from "../api-process.ts";
import { PERIODS } from "./seed.ts";

/** A filter as a query says it, by what it is like. */
export interface FilterCase {
  name: string;
  query: string;
}

export interface ReportCase {
  name: string;
  path: string;
  /** Of the base contract. */
  isBase: boolean;
}

/** The reports of the base contract. */
const BASE = new Set([
  "account-aging",
  "profit-loss",
  "tax-summary",
  "team-utilization",
  "expenses",
  "invoice-summary",
]);

/** Those of how things stand today; the others are asked for periods. */
const STANDING = [
  "account-aging",
  "receivables",
  "unpaid-invoices",
  "collections",
  "unbilled-wip",
  "billing-pipeline",
];
const REPORTS = [
  "summary",
  "task-time",
  "daily-time",
  "timesheet",
  "project-time-breakdown",
  "tag-time-breakdown",
  "billing-coverage",
  "income",
  "tax",
  "tax-liability",
  "billed-vs-collected",
  "client-health",
  "profit-loss",
  "tax-summary",
  "team-utilization",
  "expenses",
  "invoice-summary",
];
const DASHBOARD = [
  "stats",
  "revenue-chart",
  "recent-activity",
  "aging",
  "unbilled-by-client",
  "revenue-by-client",
];

/**
 * What each filter of GET /invoices is asked for: common values and rare ones. A filter that the API
 * has and this does not is an error, so that none goes unmeasured.
 */
const SAMPLES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  status: {
    paid: "paid",
    draft: "draft",
    overdue: "overdue",
    cancelled: "cancelled",
    several: "sent,viewed,overdue",
  },
  client_id: { largest: "1", usual: "9000", none: "77777777" },
  project_id: { one: "7" },
  category_id: { one: "7" },
  invoice_number: {
    whole: "INV-123456",
    "prefix-of-all": "inv-",
    "prefix-of-a-ninth": "INV-1",
    "three-digits": "234",
    nothing: "xyz",
    "two-digits": "12",
    "one-digit": "1",
  },
  search: {
    number: "123456",
    "prefix-of-a-ninth": "INV-1",
    client: "Client 777",
    everybody: "client",
    "many-clients": "Client 1",
    nobody: "Zebra",
    "two-digits": "12",
  },
  ids: { hundred: Array.from({ length: 100 }, (_, index) => 1 + index * 9973).join(",") },
  is_archived: { no: "false", yes: "true" },
};

/** Filters of several fields, as a page with a filter bar sends them. */
const COMBINED: readonly FilterCase[] = [
  { name: "none", query: "" },
  {
    name: "status.paid+is_archived.no",
    query: "filter[status]=paid&filter[is_archived]=false",
  },
  { name: "status.overdue+client_id.largest", query: "filter[status]=overdue&filter[client_id]=1" },
];

interface Parameter {
  name: string;
  in: string;
  schema: { enum?: string[]; properties?: Record<string, unknown> };
}

/** Every filter and every order that the OpenAPI document of GET /invoices has. */
export function readCases(): { filters: FilterCase[]; sorts: string[] } {
  const document: { paths: Record<string, Record<string, { parameters: Parameter[] }>> } =
    JSON.parse(JSON.stringify(describeApi(routes)));
  const parameters = document.paths["/invoices"]!["get"]!.parameters;
  const schemaOf = (name: string) =>
    parameters.find((parameter) => parameter.name === name)?.schema;
  const fields = Object.keys(schemaOf("filter")?.properties ?? {});
  const filters = fields.flatMap((field) => {
    const samples = SAMPLES[field];
    if (samples === undefined) throw new Error(`bench/lists/cases.ts has no samples of ${field}`);
    return Object.entries(samples).map(([name, value]) => ({
      name: `${field}.${name}`,
      query: `filter[${field}]=${encodeURIComponent(value)}`,
    }));
  });
  return { filters: [...COMBINED, ...filters], sorts: schemaOf("sort")?.enum ?? [] };
}

/** Every part of the dashboard, and every report: of a year, and of all of the books. */
export function listReportCases(): ReportCase[] {
  const dashboard = DASHBOARD.map((name) => ({
    name: `dashboard.${name}`,
    path: `/dashboard/${name}`,
    isBase: true,
  }));
  const standing = STANDING.map((name) => ({
    name: `reports.${name}`,
    path: `/reports/${name}`,
    isBase: BASE.has(name),
  }));
  const reports = REPORTS.flatMap((name) =>
    Object.entries(PERIODS).map(([period, [from, to]]) => ({
      name: `reports.${name}.${period}`,
      path:
        name === "expenses"
          ? `/reports/${name}?from=${from}&to=${to}`
          : `/reports/${name}?start_date=${from}&end_date=${to}`,
      isBase: BASE.has(name),
    })),
  );
  const intelligence = Object.entries(PERIODS).flatMap(([period, [from, to]]) =>
    ["analytics", "revenue-intelligence"].map((name) => ({
      name: `${name}.${period}`,
      path: `/${name}?from=${from}&to=${to}`,
      isBase: false,
    })),
  );
  return [...dashboard, ...standing, ...reports, ...intelligence];
}

/** The address of a page of a list. */
export function pagePath({ query }: FilterCase, { sort, page }: { sort: string; page: number }) {
  return `/invoices?${[query, `sort=${sort}&page=${page}`].filter(Boolean).join("&")}`;
}

/** The number of its last page. */
export async function findLastPage(api: ApiProcess, { query }: FilterCase): Promise<number> {
  const answer: { meta: { last_page: number } } = JSON.parse(
    await askApi(api, `/invoices?${query}`),
  );
  return answer.meta.last_page;
}
