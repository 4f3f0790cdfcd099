import type { ChildProcess } from "node:child_process";
import { expect, test } from "vitest";
import { googleCalendarSandbox } from "../../sandbox/google-calendar/google-calendar.ts";
import type { SandboxProvider } from "../../sandbox/provider.ts";
import type { QbBooks } from "../../sandbox/quickbooks/books.ts";
import { quickbooksSandbox, REALM } from "../../sandbox/quickbooks/quickbooks.ts";
import type { FaultRule } from "../../sandbox/faults.ts";
import { startProviderServer, type SandboxServer } from "../../sandbox/server.ts";
import { stripeSandbox } from "../../sandbox/stripe/stripe.ts";
import type { ProviderSettings } from "../../src/connectors/providers.ts";
import { jobs } from "../../src/jobs/index.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { createAsk } from "../integration/api/start-api.ts";
import { inDays } from "../integration/google-calendar/start-calendar.ts";
import { accounts, line } from "../integration/quickbooks/start-pushing.ts";
import { schedule } from "../integration/runtime/harness.ts";
import type { StripeBooks } from "../integration/stripe/start-paying.ts";
import { connectOverApi } from "../support/connect.ts";
import { eventually } from "../support/eventually.ts";
import type { GoogleState } from "../support/google-calendar.ts";
import { serveApi } from "../support/platform.ts";
import { openTestProviders } from "../support/providers.ts";
import { setup } from "../support/setup.ts";
import { openTestStorage } from "../support/storage.ts";
import { stripeSettings } from "../support/stripe.ts";
import { launch, launchApi } from "./night-processes.ts";
import { kill } from "./processes.ts";

const WITHIN = { withinMs: 40_000, everyMs: 25 };
const appUrl = "https://app.test";
/** Nothing of these tests mails anything. */
const mail = { url: "smtp://127.0.0.1:1" };

// oxlint-disable-next-line typescript/no-explicit-any -- answers of all routes
type Data = any;

/**
 * A company that is connected to one provider. API and scheduler are in this process and stay; workers
 * are processes of their own, and are killed.
 */
async function startOffice(
  provider: SandboxProvider,
  {
    connectPath,
    settings,
  }: {
    connectPath: string;
    settings: (sandbox: SandboxServer) => Partial<ProviderSettings["providers"]>;
  },
) {
  const base = await setup();
  const { sql } = base;
  const sandbox = await startProviderServer(provider);
  base.defer(() => sandbox.close());
  const providers = openTestProviders(settings(sandbox));
  base.defer(() => providers.closeProviders());
  const { storage } = openTestStorage(base);
  const url = await serveApi(base, { clock: systemClock, storage, providers, appUrl });
  await schedule(base, jobs);
  const env = { TEST_PROVIDERS: JSON.stringify(settings(sandbox)), TEST_APP_URL: appUrl };

  const ask = createAsk(url);
  const registered = await ask("POST", "/api/v1/auth/register", {
    body: { name: "Robin", email: "robin@studio.example", password: "correct horse battery" },
  });
  const token = String(registered.body.token);
  const need = async (method: string, path: string, body?: unknown): Promise<Data> => {
    const reply = await ask(method, `/api/v1${path}`, { token, body });
    if (reply.status >= 400) throw new Error(`${method} ${path}: ${reply.text}`);
    return reply.body?.data;
  };
  const company = await need("POST", "/companies", { name: "Studio" });
  await connectOverApi(ask, {
    token,
    connectPath: `/api/v1${connectPath}?company_id=${company.id}`,
  });
  const held = () => sandbox.requests().filter(({ fault, isDone }) => fault === "delay" && isDone);

  return {
    ...base,
    sandbox,
    url,
    ask,
    need,
    worker: async () => await launch(base, "worker", mail, env),
    api: async () => await launchApi(base, env),
    /** The provider does what the next such request asks for, and its answer does not come. */
    hold: (match: FaultRule["match"], times = 1) =>
      sandbox.fault({
        match: match ?? {},
        times,
        fault: { kind: "delay", ms: 60_000, after: true },
      }),
    /** Kills a process once so many answers in all are held back from us. */
    strike: async (child: ChildProcess, answers: number) => {
      await eventually(() => held().length >= answers, WITHIN);
      await kill(child);
    },
    /** How often runs were begun whose worker was killed under them. */
    struck: async () => {
      const runs = await sql<{ job: string; starts: number }[]>`
        select job, starts from job_runs where crashes > 0 order by job, starts
      `;
      return runs.map(({ job, starts }) => `${job} ${starts}`);
    },
    /** Waits until nothing is to be done any more, and all of it was done. */
    settled: async () => {
      await eventually(async () => {
        const left = await sql`
          select job, status, reason, error_message from job_runs
          where company_id is not null and status not in ('succeeded', 'skipped')
        `;
        const [events] = await sql<{ count: number }[]>`
          select count(*)::int as count from event_outbox
        `;
        if (left.length === 0 && events?.count === 0) return true;
        throw new Error(JSON.stringify({ left, events }));
      }, WITHIN);
    },
    /** An invoice that was sent, over 100.00. */
    issued: async (fields: object = {}): Promise<Data> => {
      const draft = await need("POST", "/invoices", {
        line_items: [line("Consulting", 1, 10_000)],
        ...fields,
      });
      return await need("POST", `/invoices/${draft.id}/mark-sent`);
    },
  };
}

const checkout = (uuid: string) => `/api/v1/portal/invoices/${uuid}/checkout`;

test("Stripe: killed between its commit and our record, there is one page, one payment and one refund", async () => {
  const office = await startOffice(stripeSandbox, {
    connectPath: "/settings/stripe/connect",
    settings: (sandbox) => ({ stripe: stripeSettings(sandbox) }),
  });
  const { sql, sandbox, url, ask, need, issued, hold } = office;
  const books = () =>
    (sandbox.readState() as { accounts: Record<string, StripeBooks> }).accounts["acct_sandbox"]!;
  const client = await need("POST", "/clients", { name: "Maple Street Bakery" });
  const [refunded, paid, opened] = [
    await issued({ client_id: client.id }),
    await issued({ client_id: client.id }),
    await issued({ client_id: client.id }),
  ];
  const pay = async ({ uuid }: { uuid: string }) => {
    const { body } = await ask("POST", checkout(uuid));
    await fetch(body.data.checkout_url, { redirect: "manual" });
    return books().paymentIntents.at(-1).id as string;
  };
  const deliver = async (how: object = {}) =>
    await fetch(`${sandbox.url}/dashboard/events/send`, {
      method: "POST",
      body: JSON.stringify({ url: `${url}/api/v1/settings/stripe/webhook`, ...how }),
    });
  const paymentsOf = async ({ id }: { id: number }) =>
    await need("GET", `/invoices/${id}/payments`);

  const [first, api] = await Promise.all([office.worker(), office.api()]);
  await pay(refunded);
  await deliver();
  await office.settled();
  const [payment] = await paymentsOf(refunded);

  // Money is given back, money has come, and a page is there: nobody here hears of any of it.
  hold({ method: "POST", path: "/v1/refunds" });
  hold({ method: "POST", path: "/v1/checkout/sessions", body: opened.uuid });
  const intent = await pay(paid);
  hold({ method: "GET", path: `/v1/payment_intents/${intent}` }, 10);
  await need("POST", `/payments/${payment.id}/refund`, { amount: 2_500 });
  await deliver();
  const unanswered = fetch(`${api.url}${checkout(opened.uuid)}`, { method: "POST" }).catch(
    () => "no answer",
  );
  await eventually(() => books().refunds.length === 1 && books().sessions.length === 3, WITHIN);
  await Promise.all([office.strike(first, 3), office.strike(api.child, 3)]);
  expect(await unanswered).toBe("no answer");
  expect(await paymentsOf(paid)).toEqual([]);
  expect(await sql`select refund, status from stripe_refunds`).toEqual([
    { refund: null, status: "asked" },
  ]);
  const asked = await sql`select session from stripe_checkouts where invoice_id = ${opened.id}`;
  expect(asked).toEqual([{ session: null }]);

  sandbox.clearFaults();
  await office.worker();
  const page = await ask("POST", checkout(opened.uuid));
  expect(page.body.data.checkout_url).toBe(books().sessions.at(-1).url);
  await office.settled();
  // All of it again, in the wrong order: nothing comes of it.
  await deliver({ all: true, again: true, order: "reversed" });
  await office.settled();
  expect(
    [books().sessions, books().paymentIntents, books().refunds].map((all) => all.length),
  ).toEqual([3, 2, 1]);
  const pages = await sql`
    select invoice_id, status, session from stripe_checkouts order by invoice_id
  `;
  expect(pages).toEqual(
    [
      [refunded, "paid"],
      [paid, "paid"],
      [opened, "open"],
    ].map(([invoice, status], index) => ({
      invoiceId: invoice.id,
      status,
      session: books().sessions[index].id,
    })),
  );
  expect(await paymentsOf(paid)).toMatchObject([{ amount: 10_000, reference: intent }]);
  expect(await paymentsOf(refunded)).toMatchObject([{ amount: 10_000, amount_refunded: 2_500 }]);
  expect(await sql`select amount, reference from payment_refunds`).toEqual([
    { amount: 2_500n, reference: books().refunds[0].id },
  ]);
  const struck = await office.struck();
  expect(struck.filter((run) => run === "stripe.send-refund 2")).toHaveLength(1);
  expect(struck).toContain("stripe.handle-event 2");
});

test("QuickBooks: killed between its commit and our record, there is one customer, invoice and payment, changed and voided once", async () => {
  const office = await startOffice(quickbooksSandbox, {
    connectPath: "/integrations/quickbooks/connect",
    settings: ({ url, oauth }) => ({
      quickbooks: { clientId: oauth.client.id, clientSecret: oauth.client.secret, url },
    }),
  });
  const { sql, sandbox, need, issued, hold, strike, settled } = office;
  const path = `/v3/company/${REALM}`;
  const books = sandbox.readState() as QbBooks;
  const counts = () =>
    [books.Customer, books.Item, books.Invoice, books.Payment].map((book) => book.length);
  const push = async (...ids: number[]) =>
    await need("POST", "/integrations/quickbooks/push", { invoice_ids: ids });
  /** How many of a kind are linked here. A customer's has its currency behind it. */
  const noted = async (kind: string) => {
    const [row] = await sql<{ count: number }[]>`
      select count(distinct external_id)::int as count from external_refs
      where split_part(kind, '/', 1) = ${kind}
    `;
    return row?.count;
  };
  await need("PUT", "/integrations/quickbooks/settings", accounts);
  const client = await need("POST", "/clients", { name: "Maple Street Bakery" });
  const part = { amount: 4_000, payment_date: "2026-03-01" };
  const [changed, refunded, voided] = [
    await issued({ client_id: client.id }),
    await issued({ client_id: client.id }),
    await issued({ client_id: client.id }),
  ];
  await need("POST", `/invoices/${changed.id}/record-payment`, part);
  const { id: paymentId } = await need("POST", `/invoices/${refunded.id}/record-payment`, part);

  // Three workers in turn die over one run, each after something else was made.
  hold({ method: "POST", body: '"DisplayName"' });
  hold({ method: "POST", path: `${path}/invoice` });
  hold({ method: "POST", path: `${path}/payment` });
  await push(changed.id);
  for (const [index, kind] of ["customer", "invoice", "payment"].entries()) {
    await strike(await office.worker(), index + 1);
    const [customers, , ...papers] = counts();
    expect([customers, ...papers]).toEqual([1, index > 0 ? 1 : 0, index > 1 ? 1 : 0]);
    expect(await noted(kind)).toBe(0);
  }
  const fourth = await office.worker();
  await settled();
  const items = books.Item.length;
  expect(counts()).toEqual([1, items, 1, 1]);
  expect(books.Invoice).toMatchObject([{ TotalAmt: 100, Balance: 60 }]);
  expect(await office.struck()).toEqual(["quickbooks.push-requested 4"]);

  await push(refunded.id, voided.id);
  await settled();
  expect(counts()).toEqual([1, items, 3, 2]);
  // A change, a refund and a void, each with a run of its own.
  await need("PUT", `/invoices/${changed.id}`, { due_date: "2031-01-31" });
  await need("POST", `/payments/${paymentId}/refund`, {});
  await need("POST", `/invoices/${voided.id}/void`);
  hold({ method: "POST", path: `${path}/invoice` }, 2);
  hold({ method: "POST", path: `${path}/payment` });
  for (const { id } of [changed, refunded, voided]) await push(id);
  await strike(fourth, 6);
  const tokens = () => [books.Invoice[2], ...books.Payment].map((each) => each?.SyncToken);
  const before = tokens();
  await office.worker();
  await settled();
  expect(await office.struck()).toEqual([
    ...Array.from({ length: 3 }, () => "quickbooks.push-requested 2"),
    "quickbooks.push-requested 4",
  ]);
  expect(counts()).toEqual([1, items, 3, 2]);
  expect(books.Invoice).toMatchObject([
    { DueDate: "2031-01-31", TotalAmt: 100, Balance: 60 },
    { TotalAmt: 100, Balance: 100 },
    { TotalAmt: 0, PrivateNote: expect.stringMatching(/^Voided/) },
  ]);
  expect(books.Payment).toMatchObject([
    { TotalAmt: 40 },
    { TotalAmt: 0, PrivateNote: expect.stringMatching(/^Voided/) },
  ]);
  // What was voided was not voided again; a change that is repeated is the same change.
  expect(tokens()).toEqual(before);
  expect([await noted("customer"), await noted("invoice"), await noted("payment")]).toEqual([
    1, 3, 2,
  ]);
  expect(await sql`select kind from quickbooks_creations where body is not null`).toEqual([]);
});

test("Google Calendar: killed between its commit and our note, an entry has one event, changed and deleted once", async () => {
  const base = "/integrations/google-calendar";
  const office = await startOffice(googleCalendarSandbox, {
    connectPath: `${base}/connect`,
    settings: ({ url, oauth }) => ({
      google: { clientId: oauth.client.id, clientSecret: oauth.client.secret, url },
    }),
  });
  const { sql, sandbox, need, hold, strike, settled } = office;
  // No channel: what is made is found by the run that made it, or by nobody.
  sandbox.fault({
    match: { method: "POST", body: "web_hook" },
    fault: { kind: "status", status: 400, body: { error: { code: 400, message: "No." } } },
    times: 1_000,
  });
  const calendar = "ada@sandbox.test";
  const events = () =>
    (sandbox.readState() as GoogleState).calendars.find(({ id }) => id === calendar)!.events;
  const links = async () =>
    await sql<{ eventId: string; etag: string }[]>`select event_id, etag from calendar_events`;
  const first = await office.worker();
  await need("PUT", `${base}/settings`, { calendar_id: calendar, direction: "both" });
  await settled();

  hold({ method: "POST", path: "/calendar/v3/calendars" }, 2);
  const [changed, deleted] = [
    await need("POST", "/schedule", { title: "Visit", ...inDays(2) }),
    await need("POST", "/schedule", { title: "Call", ...inDays(4) }),
  ];
  await strike(first, 2);
  expect(new Set(events().map(({ summary }) => summary))).toEqual(new Set(["Call", "Visit"]));
  expect(await links()).toEqual([]);
  const second = await office.worker();
  await settled();
  expect(await office.struck()).toEqual(["calendar.push-entry 2", "calendar.push-entry 2"]);
  expect(await links()).toHaveLength(2);

  hold({ method: "PATCH", path: "/calendar/v3/calendars" });
  hold({ method: "DELETE", path: "/calendar/v3/calendars" });
  await need("PATCH", `/schedule/${changed.id}`, { title: "Visit, changed" });
  await need("DELETE", `/schedule/${deleted.id}`);
  await strike(second, 4);
  const before = events();
  expect(new Set(before.map(({ status }) => status))).toEqual(new Set(["cancelled", "confirmed"]));
  await office.worker();
  await settled();
  expect(await office.struck()).toEqual(Array.from({ length: 4 }, () => "calendar.push-entry 2"));
  expect(events()).toEqual(before);
  const standing = events().filter(({ status }) => status !== "cancelled");
  const noted = await links();
  expect(standing).toMatchObject([{ summary: "Visit, changed" }]);
  expect(noted.find(({ eventId }) => eventId === standing[0]!.id)?.etag).toBe(standing[0]!.etag);
  // Nobody takes what we did ourselves for somebody else's doing.
  const told = await sql<{ type: string }[]>`
    select type from events where subject_type = 'schedule-entry' order by id
  `;
  expect(told.map(({ type }) => type)).toEqual(
    ["created", "created", "updated", "deleted"].map((what) => `schedule_entry.${what}`),
  );
});
