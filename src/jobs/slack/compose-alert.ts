import { formatDate } from "../../actions/invoice-text.ts";
import { localDateOf } from "../../billing/dates.ts";
import { formatMoney, isCurrency } from "../../billing/money.ts";
import type { SlackAlert } from "../../connectors/slack/contract.ts";
import type { CompanyRow } from "../../db/companies.ts";
import type { AlertEventRow } from "../../db/slack-alerts.ts";
import { findAlertType, type AlertType } from "./alert-types.ts";
import { nightFacts } from "./night-facts.ts";

/** Where links lead; both may be unknown. */
export interface AlertPages {
  /** The billing app, without a slash at the end. */
  appUrl: string | undefined;
  consoleUrl: string | undefined;
}

/** What a message is made of. */
export interface AlertMatter {
  company: Pick<CompanyRow, "name" | "timezone">;
  pages: AlertPages;
  eventType: string;
  /** How many events it tells. */
  count: number;
  /** All of them, or the first of many; never none. */
  events: readonly AlertEventRow[];
  /** What all of them come to, by currency; only for many. */
  sums: readonly { currency: string; amount: bigint }[];
}

type Fact = SlackAlert["facts"][number];

/** The words of an alert: of one event with its facts, of many with their number, sums and first few. */
export function composeAlert(matter: AlertMatter): SlackAlert {
  const { company, count, events } = matter;
  const [first] = events;
  if (first === undefined) throw new Error("an alert of no events");
  const type = findAlertType(matter.eventType) ?? { one: "changed", many: "records changed" };
  const footer = `${company.name} · ${formatInstant(first.occurredAt, company.timezone)}`;
  return count === 1
    ? { ...oneOf(matter, type, first), footer }
    : { ...manyOf(matter, type), footer };
}

function oneOf(
  { eventType, pages }: AlertMatter,
  type: AlertType,
  event: AlertEventRow,
): Omit<SlackAlert, "footer"> {
  return {
    title: titleOf(eventType, type, event),
    facts: factsOf(eventType, type, event),
    lines: [],
    link: linkOf(pages, event),
  };
}

function manyOf(
  { eventType, pages, count, events, sums }: AlertMatter,
  type: AlertType,
): Omit<SlackAlert, "footer"> {
  const lines = events.map((event) => ({
    text: lineOf(eventType, type, event),
    url: recordUrl(pages, event),
  }));
  const left = count - events.length;
  return {
    title: `${count.toLocaleString("en")} ${type.many}`,
    facts: sums.map(({ currency, amount }) => ({
      label: `${type.amount?.label ?? "Total"} in ${currency}`,
      value: money(amount, currency),
    })),
    lines:
      left > 0
        ? [...lines, { text: `and ${left.toLocaleString("en")} more`, url: undefined }]
        : lines,
    link: consoleLink(pages),
  };
}

/** What it happened to, in a word or two. */
function nameOf({ subjectType, number, clientName, payload }: AlertEventRow): string {
  switch (subjectType) {
    case "invoice":
      return `Invoice ${number ?? ""}`.trim();
    case "quote":
      return `Quote ${number ?? ""}`.trim();
    case "client":
      return clientName ?? "A client";
    case "import":
      return `The import from ${providerOf(payload)}`;
    case "connection":
      return providerOf(payload);
    case "night":
      return `The night of ${dateOf(payload["business_date"])}`;
    default:
      return "A record";
  }
}

function titleOf(eventType: string, { one }: AlertType, event: AlertEventRow): string {
  // The item's own words say it all.
  if (eventType === "attention.raised") return textOf(event.payload["title"]) ?? "Something waits";
  return `${nameOf(event)} ${one}`;
}

function lineOf(eventType: string, type: AlertType, event: AlertEventRow): string {
  const parts = [
    eventType === "attention.raised" ? titleOf(eventType, type, event) : nameOf(event),
    event.subjectType === "client" ? null : event.clientName,
    amountOf(type, event)?.value ?? null,
    eventType === "invoice.overdue" && event.dueDate !== null
      ? `due ${formatDate(event.dueDate)}`
      : null,
  ];
  return parts.filter((part) => part !== null).join(" · ");
}

function factsOf(eventType: string, type: AlertType, event: AlertEventRow): Fact[] {
  const { payload, clientName, dueDate, subjectType } = event;
  if (subjectType === "night") return nightFacts(eventType, payload);
  const facts: (Fact | undefined)[] = [
    subjectType === "client" || clientName === null
      ? undefined
      : { label: "Client", value: clientName },
    amountOf(type, event),
    subjectType === "invoice" && dueDate !== null && eventType !== "invoice.paid"
      ? { label: "Due", value: formatDate(dueDate) }
      : undefined,
    fact("Method", payload["payment_method"]),
    fact("Reference", payload["reference"]),
    fact("Reason", payload["reason"]),
  ];
  return facts.filter((each) => each !== undefined);
}

function amountOf(
  { amount: told }: AlertType,
  { amount, currency }: AlertEventRow,
): Fact | undefined {
  if (told === undefined || amount === null || currency === null) return undefined;
  return { label: told.label, value: money(amount, currency) };
}

function fact(label: string, value: unknown): Fact | undefined {
  const text = textOf(value);
  return text === undefined ? undefined : { label, value: text };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function dateOf(value: unknown): string {
  return typeof value === "string" ? formatDate(value) : "an unknown day";
}

const PROVIDERS: Readonly<Record<string, string>> = {
  freshbooks: "FreshBooks",
  "google-calendar": "Google Calendar",
  quickbooks: "QuickBooks",
  stripe: "Stripe",
};

function providerOf({ provider }: Record<string, unknown>): string {
  const name = textOf(provider) ?? "a provider";
  return PROVIDERS[name] ?? name;
}

/** An amount as people read it; one of a currency that nobody knows any more, as it is kept. */
function money(amount: bigint, currency: string): string {
  return isCurrency(currency) ? formatMoney(amount, currency) : `${amount} ${currency}`;
}

const PATHS: Readonly<Record<string, string>> = {
  invoice: "invoices",
  quote: "quotes",
  client: "clients",
};

function recordUrl({ appUrl }: AlertPages, event: AlertEventRow): string | undefined {
  const path = PATHS[event.subjectType];
  if (appUrl === undefined || path === undefined) return undefined;
  return `${appUrl}/${path}/${event.subjectId}`;
}

function linkOf(pages: AlertPages, event: AlertEventRow): SlackAlert["link"] {
  const url = recordUrl(pages, event);
  return url === undefined ? consoleLink(pages) : { label: "Open", url };
}

function consoleLink({ consoleUrl }: AlertPages): SlackAlert["link"] {
  return consoleUrl === undefined ? undefined : { label: "Open the console", url: consoleUrl };
}

/** "1 March 2026, 02:00", as the clocks of the company show it. */
function formatInstant(instant: Date, timezone: string): string {
  const time = new Intl.DateTimeFormat("en-GB", {
    timeZone: timezone,
    hour: "2-digit",
    minute: "2-digit",
  });
  return `${formatDate(localDateOf(instant, timezone))}, ${time.format(instant)}`;
}
