import { z } from "zod";
import { createAsk, waitForRun, type Ask } from "./ask.ts";
import { addDays, type LocalDate } from "../../billing/dates.ts";

/** What of a sandbox the demo looks at. */
export interface DemoProvider {
  url: string;
  /** Everything the provider holds. */
  readState: () => unknown;
}

/** The providers the demo company is connected to, by name. */
export type DemoProviders = ReadonlyMap<string, DemoProvider>;

/** What was tried with a provider, and what came of it. */
export interface ProviderTrial {
  provider: string;
  outcome: string;
}

const QUICKBOOKS_PUSHED = 5;
const SLACK_CHANNEL = "billing";
const ALERTS = ["import.completed", "invoice.overdue", "invoice.paid", "night.completed"] as const;

/**
 * Connects the demo company to the sandbox as a person with a browser would, and does with each provider
 * what it is for: alerts, an import, a push, a sync, a payment. A company that was connected before is only
 * connected again: the sandbox has begun anew, and knows nothing of what was done.
 */
export async function tryProviders(
  api: { url: string; token: string },
  providers: DemoProviders,
  today: LocalDate,
): Promise<ProviderTrial[]> {
  const ask = createAsk(api);
  const isAgain = Integrations.parse(await ask.call("GET", "/integrations")).some(
    ({ status }) => status !== "not_connected",
  );
  const trials: ProviderTrial[] = [];
  const attempt = async (
    name: string,
    { title, path, work }: { title: string; path: string; work: Work },
  ): Promise<void> => {
    const provider = providers.get(name);
    if (provider === undefined) return;
    if (name === "freshbooks") await saveFreshBooksApp(ask);
    await ask.connect(path);
    trials.push({ provider: title, outcome: isAgain ? "connected again" : await work(provider) });
  };
  // Slack first: what happens afterwards is told there.
  await attempt("slack", {
    title: "Slack",
    path: "/integrations/slack/connect",
    work: () => setUpAlerts(ask),
  });
  await attempt("freshbooks", {
    title: "FreshBooks",
    path: "/settings/freshbooks/connect",
    work: () => importBooks(ask),
  });
  await attempt("quickbooks", {
    title: "QuickBooks",
    path: "/integrations/quickbooks/connect",
    work: (provider) => pushInvoices(ask, provider),
  });
  await attempt("google-calendar", {
    title: "Google Calendar",
    path: "/integrations/google-calendar/connect",
    work: () => syncSchedule(ask, today),
  });
  await attempt("stripe", {
    title: "Stripe",
    path: "/settings/stripe/connect",
    work: (provider) => payInvoice(ask, api.url, provider),
  });
  return trials;
}

type Work = (provider: DemoProvider) => Promise<string>;

const Integrations = z.array(z.looseObject({ status: z.string() }));
const Channels = z.array(z.looseObject({ id: z.string(), name: z.string() }));

async function setUpAlerts(ask: Ask): Promise<string> {
  const channels = Channels.parse(await ask.call("GET", "/integrations/slack/channels"));
  const channel = channels.find(({ name }) => name === SLACK_CHANNEL) ?? channels[0];
  if (channel === undefined) throw new Error("the workspace has no channel");
  await ask.call("PUT", "/integrations/slack/alerts", {
    alerts: ALERTS.map((event_type) => ({ event_type, channel: channel.id })),
  });
  const run = Run.parse(
    await ask.call("POST", "/integrations/slack/test", { channel: channel.id }),
  );
  await waitForRun(ask, run.id);
  return `${ALERTS.length} kinds of events are told in #${channel.name}`;
}

const Run = z.looseObject({ id: z.string() });
const Import = z.looseObject({ import_id: z.int(), run_id: z.string() });
const Tally = z.looseObject({ created: z.int() });
const ImportStatus = z.looseObject({ tally: z.record(z.string(), Tally).optional() });

/** There, each company brings a client of its own. */
async function saveFreshBooksApp(ask: Ask): Promise<void> {
  await ask.call("POST", "/settings/freshbooks/credentials", {
    client_id: "sandbox-client",
    client_secret: "sandbox-secret",
  });
}

async function importBooks(ask: Ask): Promise<string> {
  const begun = Import.parse(await ask.call("POST", "/settings/freshbooks/import", {}));
  await waitForRun(ask, begun.run_id);
  const { tally = {} } = ImportStatus.parse(await ask.call("GET", "/settings/freshbooks/status"));
  const made = ["clients", "invoices", "payments"].map(
    (name) => `${tally[name]?.created ?? 0} ${name}`,
  );
  return `imported ${made.join(", ")}`;
}

const Accounts = z.looseObject({
  Account: z.array(z.looseObject({ Id: z.string(), Name: z.string(), AccountType: z.string() })),
});
const Invoices = z.array(
  z.looseObject({
    id: z.int(),
    uuid: z.string(),
    invoice_number: z.string(),
    currency: z.string(),
  }),
);
const Pushed = z.looseObject({ result: z.looseObject({ created: z.int() }) });

async function pushInvoices(ask: Ask, { readState }: DemoProvider): Promise<string> {
  const accounts = Accounts.parse(readState()).Account.filter(
    ({ AccountType }) => AccountType === "Income",
  );
  const idOf = (word: string) => accounts.find(({ Name }) => Name.includes(word))?.Id;
  await ask.call("PUT", "/integrations/quickbooks/settings", {
    income_account_id: idOf("Services"),
    discount_account_id: idOf("Discount"),
  });
  // In the currency of the books there: others wait until multicurrency is switched on.
  const invoices = Invoices.parse(
    await ask.call("GET", "/invoices?filter[status]=paid&sort=id&per_page=100"),
  )
    .filter(({ currency }) => currency === "USD")
    .slice(0, QUICKBOOKS_PUSHED);
  const run = Run.parse(
    await ask.call("POST", "/integrations/quickbooks/push", {
      invoice_ids: invoices.map(({ id }) => id),
    }),
  );
  const { result } = Pushed.parse(await waitForRun(ask, run.id));
  return `pushed ${result.created} of ${invoices.length} invoices, with customers, items and payments`;
}

const Chosen = z.looseObject({ run_id: z.string() });
const Calendars = z.array(z.looseObject({ id: z.string() }));

async function syncSchedule(ask: Ask, today: LocalDate): Promise<string> {
  const [calendar] = Calendars.parse(
    await ask.call("GET", "/integrations/google-calendar/calendars"),
  );
  if (calendar === undefined) throw new Error("the account has no calendar");
  const first = Chosen.parse(
    await ask.call("PUT", "/integrations/google-calendar/settings", { calendar_id: calendar.id }),
  );
  await waitForRun(ask, first.run_id);
  const day = { starts_at: today, ends_at: addDays(today, 1) };
  await ask.call("POST", "/schedule", { title: "Site visit", ...day });
  const run = Run.parse(await ask.call("POST", "/integrations/google-calendar/sync", {}));
  await waitForRun(ask, run.id);
  return `keeps the schedule and the calendar "${calendar.id}" alike`;
}

const Checkout = z.looseObject({ checkout_url: z.string() });
const Paid = z.looseObject({ status: z.string(), invoice_number: z.string() });

async function payInvoice(ask: Ask, apiUrl: string, { url }: DemoProvider): Promise<string> {
  await registerWebhook(url, `${apiUrl}/api/v1/settings/stripe/webhook`);
  const [invoice] = Invoices.parse(await ask.call("GET", "/invoices?filter[status]=sent&sort=-id"));
  if (invoice === undefined) return "connected; no invoice waits to be paid";
  const page = Checkout.parse(
    await ask.call("POST", `/portal/invoices/${invoice.uuid}/checkout`, {}),
  );
  // Opening the page pays there, and tells us by a webhook.
  const opened = await fetch(page.checkout_url, { redirect: "manual" });
  await opened.arrayBuffer();
  const paid = await ask.until(async () => {
    const shown = Paid.parse(await ask.call("GET", `/invoices/${invoice.id}`));
    return shown.status === "paid" ? shown : undefined;
  }, `invoice ${invoice.invoice_number} was not paid`);
  return `invoice ${paid.invoice_number} was paid on a page at Stripe`;
}

async function registerWebhook(stripeUrl: string, address: string): Promise<void> {
  const answer = await fetch(`${stripeUrl}/v1/webhook_endpoints`, {
    method: "POST",
    headers: { authorization: "Bearer sandbox-secret" },
    body: new URLSearchParams({ url: address, connect: "true", "enabled_events[]": "*" }),
  });
  if (!answer.ok) throw new Error(`the sandbox refused our webhook: ${await answer.text()}`);
  await answer.arrayBuffer();
}
