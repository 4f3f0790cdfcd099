import { z } from "zod";
import { formatMoney, isCurrency } from "../../billing/money.ts";
import type { SlackAlert } from "../../connectors/slack/contract.ts";

/** Minor units by currency, as a night's report has them. */
const Amounts = z.record(z.string(), z.number());
const Step = z.object({ count: z.number(), amounts: Amounts });

/** A night's report, in its event or as the preview of one that is held. */
const Report = z.object({
  generated: Step,
  overdue: Step,
  fees: Step,
  reminders: z.object({ queued: z.number(), blocked: z.number() }),
  skipped: z.object({ count: z.number() }),
  parked: z.object({ count: z.number() }),
});

type Fact = SlackAlert["facts"][number];

/** What a night did, or would do: its one message. What it did none of is left out. */
export function nightFacts(eventType: string, payload: Readonly<Record<string, unknown>>): Fact[] {
  const isHeld = eventType === "night.held";
  const { reason } = payload;
  const held = typeof reason === "string" && isHeld ? [{ label: "Reason", value: reason }] : [];
  const report = Report.safeParse(isHeld ? payload["preview"] : payload);
  if (!report.success) return held;
  const { generated, overdue, fees, reminders, skipped, parked } = report.data;
  const facts: [label: string, count: number, amounts?: z.infer<typeof Amounts>][] = [
    ["Invoices created", generated.count, generated.amounts],
    ["Newly overdue", overdue.count, overdue.amounts],
    ["Late fees", fees.count, fees.amounts],
    ["Reminders", reminders.queued],
    ["Reminders without an address", reminders.blocked],
    ["Dates skipped", skipped.count],
    ["Recurring invoices parked", parked.count],
  ];
  const told = facts
    .filter(([, count]) => count > 0)
    .map(([label, count, amounts = {}]) => ({ label, value: countAndSums(count, amounts) }));
  if (told.length === 0) return [...held, { label: "Result", value: "nothing was to be done" }];
  return [...held, ...told];
}

function countAndSums(count: number, amounts: z.infer<typeof Amounts>): string {
  const sums = Object.entries(amounts)
    .toSorted(([one], [other]) => one.localeCompare(other, "en"))
    .map(([currency, amount]) =>
      isCurrency(currency) ? formatMoney(BigInt(amount), currency) : `${amount} ${currency}`,
    );
  const all = count.toLocaleString("en");
  return sums.length === 0 ? all : `${all} (${sums.join(" + ")})`;
}
