import { formOf, picture, smallPdf } from "../../support/files.ts";
import { freshbooksPreparations } from "./freshbooks-recipes.ts";
import { quickbooksPreparations } from "./quickbooks-recipes.ts";
import { client, credit, deleteReminders, line, recipes } from "./record-recipes.ts";
import { connectSlack, freeSlack } from "./slack-recipes.ts";
import { chooseCalendar, connectGoogle } from "./google-recipes.ts";
import { connectStripe, subscribe } from "./stripe-recipes.ts";
import type { Made, World } from "./world.ts";

/** What an operation needs beside the records of its address, once they are there. */
const preparations: Readonly<
  Record<string, (world: World, records: readonly Made[]) => Promise<unknown>>
> = {
  "POST /invoices/{}/email": async (world, [invoice]) =>
    await world.need("POST", `/invoices/${invoice!.id}/publish`),
  "POST /invoices/{}/mark-paid": async (world, [invoice]) =>
    await world.need("POST", `/invoices/${invoice!.id}/mark-sent`),
  "POST /invoices/{}/record-payment": async (world, [invoice]) =>
    await world.need("POST", `/invoices/${invoice!.id}/mark-sent`),
  "POST /invoices/{}/payments": async (world, [invoice]) =>
    await world.need("POST", `/invoices/${invoice!.id}/mark-sent`),
  "POST /recurring-invoices/{}/resume": async (world, [series]) =>
    await world.need("POST", `/recurring-invoices/${series!.id}/pause`),
  "POST /recurring-invoices/{}/release": async ({ api }, [series]) =>
    await api.sql`
      update recurring_invoices set parked_at = now(), parked_code = 'catch_up_limit',
        parked_reason = 'too many dates' where id = ${series!.id}
    `,
  "GET /recurring-invoices/{}/occurrences": async (world, [series]) =>
    await world.need("POST", `/recurring-invoices/${series!.id}/generate`),
  "GET /runs/{}/events": async ({ api }, [run]) =>
    // The stream of a run that is over ends at once.
    await api.sql`update job_runs set status = 'succeeded', finished_at = now() where id = ${run!.id}`,
  "POST /runs/{}/retry": async ({ api }, [run]) => {
    await api.sql`update job_runs set status = 'dead' where id = ${run!.id}`;
    await api.sql`delete from run_feed where run_id = ${run!.id}`;
  },
  "POST /quotes/{}/convert-to-invoice": markQuoteSent,
  "POST /quotes/{}/convert-to-project": markQuoteSent,
  "GET /clients/{}/projects": async (world, [owner]) =>
    await world.need("POST", "/projects", { client_id: owner!.id, name: "Website" }),
  "GET /clients/{}/credits": async (world, [owner]) =>
    await world.need("POST", "/credits", { ...credit, client_id: owner!.id }),
  "GET /expenses/{}/receipt": async (world, [expense]) =>
    await world.need("POST", `/expenses/${expense!.id}/receipt`, formOf("receipt", smallPdf)),
  "GET /time-entries/unbilled": async (world) => await recipes["time-entries"]!(world, []),
  "GET /api-tokens": async (world) => {
    const { token } = await recipes["api-tokens"]!(world, []);
    await world.call("GET", "/clients", undefined, { token });
    await world.api.flush();
  },
  "POST /integrations/{}/disconnect": connectSlack,
  "GET /integrations/slack/channels": connectSlack,
  "POST /integrations/slack/alerts": freeSlack,
  "PUT /integrations/slack/alerts": freeSlack,
  "POST /integrations/slack/test": connectSlack,
  "GET /integrations/google-calendar/calendars": connectGoogle,
  "GET /integrations/google-calendar/status": chooseCalendar,
  "PUT /integrations/google-calendar/settings": connectGoogle,
  "POST /integrations/google-calendar/sync": chooseCalendar,
  // A company that is connected to anything gets none.
  "POST /test-clock": async ({ api, companyId }) =>
    await api.sql`
      update connections set status = 'disabled', credentials = null where company_id = ${companyId}
    `,
  "GET /webhooks/{}/deliveries": async (world, [webhook]) =>
    await world.need("POST", `/webhooks/${webhook!.id}/test`),
  "GET /test-clock": liveAtTestClock,
  "POST /test-clock/advance": liveAtTestClock,
  "POST /settings/reminders": deleteReminders,
  "PUT /timer/stop": startTimer,
  "GET /timer/current": startTimer,
  "DELETE /timer/discard": startTimer,
  "GET /settings/branding": async (world) =>
    await world.need("POST", "/settings/branding/logo", formOf("logo", await picture("png"))),
  "GET /settings/branding/logo": async (world) =>
    await world.need("POST", "/settings/branding/logo", formOf("logo", await picture("png"))),
  "GET /settings/late-fees": async (world) =>
    await world.need("PUT", "/settings/late-fees", {
      late_fee_type: "percentage",
      late_fee_value: 150,
      late_fee_days: 30,
    }),
  "POST /portal/invoices/{}/checkout": connectStripe,
  ...freshbooksPreparations,
  ...quickbooksPreparations,
  "GET /settings/stripe/status": connectStripe,
  "POST /settings/stripe/disconnect": connectStripe,
  "POST /billing/portal": subscribe,
  "GET /billing/invoices": subscribe,
};

/** Invoices in every state of being paid, time that is on none, money spent: what reports add up. */
async function keepBooks(world: World): Promise<void> {
  await world.shared("books", async () => {
    const { id: clientId } = await client(world, []);
    const taxed = { ...line, tax_name_1: "GST", tax_rate_1: 1500 };
    const issue = async (issue_date: string, due_date: string): Promise<Made> => {
      const body = { client_id: clientId, issue_date, due_date, line_items: [taxed] };
      const { id } = await world.need("POST", "/invoices", body);
      return await world.need("POST", `/invoices/${id}/mark-sent`);
    };
    const { id: paid } = await issue("2026-01-10", "2026-02-10");
    await world.need("POST", `/invoices/${paid}/mark-paid`);
    const { id: overdue } = await issue("2026-01-10", "2026-02-10");
    await world.api.sql`update invoices set status = 'overdue' where id = ${overdue}`;
    await issue("2026-03-02", "2026-04-02");
    await world.need("POST", "/expenses", {
      category: "travel_transport",
      amount: 5_000,
      expense_date: "2026-03-02",
      is_billable: true,
      client_id: clientId,
    });
    return await recipes["time-entries"]!(world, []);
  });
}

async function markQuoteSent(world: World, [quote]: readonly Made[]): Promise<unknown> {
  return await world.need("POST", `/quotes/${quote!.id}/mark-sent`);
}

async function liveAtTestClock({ api, companyId }: World): Promise<unknown> {
  return await api.sql`update companies set test_now = ${api.clock.now()} where id = ${companyId}`;
}

async function startTimer(world: World): Promise<unknown> {
  return await world.need("POST", "/timer/start", {
    client_id: (await client(world, [])).id,
    notes: "At work",
    hourly_rate: 15_000,
  });
}

/** Of everybody who signs up in tests. */
export const password = "correct horse battery";

/** Who does what the owner of the world cannot do without losing it. */
export const callers: Readonly<Record<string, (world: World) => Promise<{ token: string }>>> = {
  "POST /auth/logout": async (world) => {
    const { email } = world;
    const { body } = await world.call("POST", "/auth/login", { email, password });
    return { token: String(body.token) };
  },
  // The owner has subscribed by then, and nobody does so twice.
  "POST /billing/checkout": async (world) => await world.colleague("member"),
};

/**
 * Makes afresh what an operation needs: the records its address speaks of, something in a list that
 * is looked at, and what `preparations` says. The address is the path with the ids filled in.
 */
export async function arrange(
  world: World,
  { name, method, path }: { name: string; method: string; path: string },
): Promise<{ address: string; records: Made[] }> {
  const records: Made[] = [];
  const address: string[] = [];
  const collection: string[] = [];
  for (const segment of path.split("/").filter(Boolean)) {
    if (!segment.startsWith("{")) {
      collection.push(segment);
      address.push(segment);
      continue;
    }
    const recipe = recipes[collection.join("/")];
    if (recipe === undefined) {
      throw new Error(
        `There is no recipe for "${collection.join("/")}": say in test/contracts/api/record-recipes.ts how one is made.`,
      );
    }
    const made = await recipe(world, records);
    records.push(made);
    address.push(String(made.id));
  }
  if (method === "GET" && !path.endsWith("}")) await recipes[collectionOf(path)]?.(world, records);
  if (/^\/(dashboard|reports)\//.test(path)) await keepBooks(world);
  await preparations[name]?.(world, records);
  return { address: `/${address.join("/")}`, records };
}

/** What `recipes` calls the collection that an address ends in: "/clients/{id}/contacts" → "clients/contacts". */
export function collectionOf(path: string): string {
  return path
    .split("/")
    .filter((segment) => segment !== "" && !segment.startsWith("{"))
    .join("/");
}
