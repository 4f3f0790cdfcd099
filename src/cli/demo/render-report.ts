import { formatMoney } from "../../billing/money.ts";
import type { Amounts } from "../../db/night-report.ts";
import { renderTable } from "../output.ts";
import type { DemoReport, Stretch } from "./report.ts";
import type { ProviderTrial } from "./try-providers.ts";

/** The night report as a person reads it in a terminal. */
export function renderDemoReport(
  report: DemoReport & { providers: readonly ProviderTrial[] },
): string {
  const { company, tonight, past } = report;
  const heading = `Night report · ${company.name} (${company.timezone})`;
  return [
    heading,
    "═".repeat(heading.length),
    "",
    renderTable(
      [
        ["", `tonight ${tonight.business_date}`, `${past.from} to ${past.to}`],
        ...tableRows(tonight, past),
      ],
      { right: [1, 2] },
    ),
    "",
    ...attentionLines(report),
    "",
    "Connected, to a sandbox on this machine",
    renderTable(
      report.providers.map(({ provider, outcome }) => [`  ${provider}`, outcome]),
      {},
    ),
  ].join("\n");
}

function tableRows(tonight: Stretch, past: Stretch): string[][] {
  const row = (label: string, pick: (stretch: Stretch) => number): string[] => [
    label,
    formatCount(pick(tonight)),
    formatCount(pick(past)),
  ];
  const money = (pick: (stretch: Stretch) => Amounts): string[][] => {
    const currencies = Object.keys({ ...pick(past), ...pick(tonight) }).toSorted();
    return currencies.map((currency) => [
      `  ${currency}`,
      formatAmount(pick(tonight), currency),
      formatAmount(pick(past), currency),
    ]);
  };
  return [
    row("Nights run", (stretch) => stretch.nights),
    row("Nights held", (stretch) => stretch.held.length),
    row("Invoices", (stretch) => stretch.generated.count),
    ...money((stretch) => stretch.generated.amounts),
    row("  still drafts", (stretch) => stretch.drafts),
    row("Became overdue", (stretch) => stretch.overdue.count),
    ...money((stretch) => stretch.overdue.amounts),
    row("Late fees", (stretch) => stretch.fees.count),
    ...money((stretch) => stretch.fees.amounts),
    row("Reminders due", (stretch) => stretch.reminders.queued),
    row("  superseded by a later one", (stretch) => stretch.reminders.superseded),
    row("  blocked", (stretch) => stretch.reminders.blocked),
    row("Mails accepted: invoices", accepted("invoice")),
    row("Mails accepted: reminders", accepted("reminder")),
    row("Payments recorded", (stretch) => stretch.payments.count),
    ...money((stretch) => stretch.payments.amounts),
  ];
}

/** What waits for a person, with its reasons. */
function attentionLines({ parked, disputed, tonight, past, attention }: DemoReport): string[] {
  const blocked = mergeCounts(past.blocked, tonight.blocked);
  const unsent = mergeCounts(past.mails.not_accepted, tonight.mails.not_accepted);
  const lines = [
    ...[...past.held, ...tonight.held].map(
      (night) => `  held     the night of ${night.business_date}: ${night.reason ?? ""}`,
    ),
    ...parked.map(
      (series) =>
        `  parked   series ${series.series_id} of ${series.client}, since ${series.since}: ${series.reason ?? ""}`,
    ),
    ...disputed.map((invoice) => `  disputed ${invoice.invoice_number} of ${invoice.client}`),
    ...Object.entries(blocked).map(([reason, count]) => `  blocked  ${count} reminders: ${reason}`),
    ...Object.entries(unsent).map(([kind, count]) => `  mails    ${count} ${kind}`),
    ...attention.map((item) => `  item     ${item.title}`),
  ];
  return lines.length === 0 ? ["Nothing waits for a person."] : ["Waits for a person", ...lines];
}

function mergeCounts(
  one: Record<string, number>,
  other: Record<string, number>,
): Record<string, number> {
  const merged = { ...one };
  for (const [name, count] of Object.entries(other)) merged[name] = (merged[name] ?? 0) + count;
  return merged;
}

function accepted(kind: string): (stretch: Stretch) => number {
  return (stretch) => stretch.mails.accepted[kind] ?? 0;
}

function formatCount(count: number): string {
  return count.toLocaleString("en");
}

function formatAmount(amounts: Amounts, currency: string): string {
  return formatMoney(BigInt(amounts[currency] ?? 0), currency);
}
