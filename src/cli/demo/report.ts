import { addDays, type LocalDate } from "../../billing/dates.ts";
import type { Platform } from "../../bootstrap.ts";
import { listAttention } from "../../db/attention.ts";
import { listNights, type BillingNightRow } from "../../db/billing-nights.ts";
import { getNightCompany } from "../../db/night-companies.ts";
import { listDisputed, listParkedSeries, tally, type TallyRow } from "../../db/demo.ts";
import type { Amounts, NightReport } from "../../db/night-report.ts";
import { noonOf } from "./days.ts";
import type { DemoRun } from "./run-demo.ts";

/** Counts and money by currency, minor units. */
interface Sum {
  count: number;
  amounts: Amounts;
}

/** What one night, or many, did, and what else happened in their days. */
export interface Stretch {
  nights: number;
  held: { business_date: LocalDate; reason: string | null }[];
  generated: Sum & { made_up: number };
  drafts: number;
  overdue: Sum;
  fees: Sum;
  reminders: NightReport["reminders"];
  mails: { accepted: Record<string, number>; not_accepted: Record<string, number> };
  blocked: Record<string, number>;
  payments: Sum;
  skipped: number;
}

export interface DemoReport {
  company: { id: number; name: string; timezone: string };
  tonight: { business_date: LocalDate } & Stretch;
  past: { from: LocalDate; to: LocalDate } & Stretch;
  parked: {
    series_id: number;
    title: string;
    client: string;
    since: LocalDate;
    reason: string | null;
  }[];
  disputed: { invoice_number: string; client: string }[];
  attention: { kind: string; title: string; detail: string | null }[];
}

const NIGHTS_MAX = 4_000;
const ITEMS_MAX = 20;

/** Tells the nights from their own reports, and mails and payments from their ledgers. */
export async function readDemoReport(platform: Platform, run: DemoRun): Promise<DemoReport> {
  const { sql } = platform;
  const { companyId, from, tonight } = run;
  const [company, nights, parked, disputed, attention] = await Promise.all([
    getNightCompany(sql, companyId),
    listNights(sql, { companyId, status: null, limit: NIGHTS_MAX, offset: 0 }),
    listParkedSeries(sql, companyId),
    listDisputed(sql, companyId),
    listAttention(sql, { companyId, isOpen: true, limit: ITEMS_MAX }),
  ]);
  const read = async (first: LocalDate, last: LocalDate): Promise<Stretch> => {
    const within = nights.rows.filter(
      ({ businessDate }) => businessDate >= first && businessDate <= last,
    );
    // A night's day goes from noon to noon: the night itself, then what people did.
    const span = { from: noonOf(addDays(first, -1)), to: noonOf(last) };
    return addUp(within, await tally(sql, { companyId, ...span }));
  };
  const past = { from, to: addDays(tonight, -1) };
  return {
    company: { id: companyId, name: company.name, timezone: company.timezone },
    tonight: { business_date: tonight, ...(await read(tonight, tonight)) },
    past: { ...past, ...(await read(past.from, past.to)) },
    parked: parked.map((series) => ({
      series_id: series.id,
      title: series.title,
      client: series.clientName,
      since: series.parkedOn,
      reason: series.reason,
    })),
    disputed: disputed.map(({ invoiceNumber, clientName }) => ({
      invoice_number: invoiceNumber,
      client: clientName,
    })),
    attention: attention.map(({ kind, title, detail }) => ({ kind, title, detail })),
  };
}

function addUp(nights: readonly BillingNightRow[], rows: readonly TallyRow[]): Stretch {
  const reports = nights.map((night) => night.report);
  const of = (kind: TallyRow["kind"]) => rows.filter((row) => row.kind === kind);
  return {
    nights: nights.filter((night) => night.status === "completed").length,
    held: nights
      .filter((night) => night.status === "held")
      .map(({ businessDate, heldReason }) => ({ business_date: businessDate, reason: heldReason })),
    generated: {
      ...sumOf(reports.map((report) => report.generated)),
      made_up: total(reports.map((report) => report.generated?.made_up)),
    },
    drafts: total(of("draft").map((row) => row.count)),
    overdue: sumOf(reports.map((report) => report.overdue)),
    fees: sumOf(reports.map((report) => report.fees)),
    reminders: {
      queued: total(reports.map((report) => report.reminders?.queued)),
      superseded: total(reports.map((report) => report.reminders?.superseded)),
      not_applicable: total(reports.map((report) => report.reminders?.not_applicable)),
      blocked: total(reports.map((report) => report.reminders?.blocked)),
      cancelled: total(reports.map((report) => report.reminders?.cancelled)),
    },
    mails: { accepted: countsOf(of("mail")), not_accepted: countsOf(of("unsent mail")) },
    blocked: countsOf(of("blocked reminder")),
    payments: {
      count: total(of("payment").map((row) => row.count)),
      amounts: Object.fromEntries(of("payment").map((row) => [row.name, Number(row.amount)])),
    },
    skipped: total(reports.map((report) => report.skipped?.count)),
  };
}

function sumOf(sums: readonly (Sum | undefined)[]): Sum {
  const amounts: Amounts = {};
  for (const sum of sums) {
    for (const [currency, minor] of Object.entries(sum?.amounts ?? {})) {
      amounts[currency] = (amounts[currency] ?? 0) + minor;
    }
  }
  return { count: total(sums.map((sum) => sum?.count)), amounts };
}

function total(counts: readonly (number | undefined)[]): number {
  return counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
}

function countsOf(rows: readonly TallyRow[]): Record<string, number> {
  return Object.fromEntries(rows.map((row) => [row.name, row.count]));
}
