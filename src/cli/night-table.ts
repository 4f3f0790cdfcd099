import { formatMoney } from "../billing/money.ts";
import type { LocalDate } from "../billing/dates.ts";
import type { Amounts, NightReport } from "../db/night-report.ts";
import { renderTable } from "./output.ts";

/** One night as `night --json` prints it. */
export interface NightLine {
  company_id: number;
  company: string;
  business_date: LocalDate;
  dry_run: boolean;
  status: "completed" | "held" | "previewed" | "skipped" | "failed";
  /** Why it is held, was skipped, or failed. */
  reason: string | null;
  /** What the preview of a night to come takes for granted. */
  note: string | null;
  /** Of a held night: what it would have done. */
  report: NightReport | null;
}

/** A line per night, with what would have to be read beside it below. */
export function renderNights(nights: readonly NightLine[]): string {
  const header = [
    "night",
    "company",
    "status",
    "invoices",
    "invoiced",
    "overdue",
    "fees",
    "reminders",
    "parked",
  ];
  const rows = nights.map(({ business_date: date, company_id: id, company, status, report }) => [
    date,
    `${id} ${company}`,
    status,
    String(report?.generated.count ?? ""),
    formatAmounts(report?.generated.amounts ?? {}),
    String(report?.overdue.count ?? ""),
    String(report?.fees.count ?? ""),
    String(report?.reminders.queued ?? ""),
    String(report?.parked.count ?? ""),
  ]);
  const notes = nights
    .filter((line) => line.reason !== null)
    .map((line) => `${line.status}: ${line.company}, ${line.business_date}: ${line.reason}`);
  const coming = nights.find((line) => line.status !== "skipped" && line.note !== null);
  if (coming?.note) notes.push(`Nights to come are previewed ${coming.note}.`);
  return [renderTable([header, ...rows], { right: [3, 5, 6, 7, 8] }), ...notes].join("\n");
}

/** Money by currency, e.g. "CA$1,200.00 + €300.00"; a dash for none. */
function formatAmounts(amounts: Amounts): string {
  const parts = Object.entries(amounts).map(([currency, minor]) =>
    formatMoney(BigInt(minor), currency),
  );
  return parts.length === 0 ? "–" : parts.join(" + ");
}
