import { expect, test } from "vitest";
import { runNight } from "../../../src/jobs/billing/night.ts";
import { insertSeries } from "../../support/records.ts";
import { hashToken } from "../../../src/platform/tokens.ts";
import { line } from "../invoices/start-invoicing.ts";
import { startApi, type ApiSetup, type Person, type Reply } from "./start-api.ts";

/** Calls of one person in one of their companies. */
function callsOf(api: ApiSetup, { token }: Person, companyId?: number) {
  return async (method: string, path: string, body?: unknown): Promise<Reply> =>
    await api.ask(method, `/api/v1${path}`, {
      token,
      body,
      ...(companyId === undefined ? {} : { headers: { "x-company-id": String(companyId) } }),
    });
}

/** Who is who, and with which plan, is remembered for a moment. */
async function setPlan({ sql, clock }: ApiSetup, plan: string): Promise<void> {
  await sql`update companies set plan = ${plan}`;
  clock.set("2026-03-02T10:00:00Z");
}

/** How many of the answers had each status. */
function tally(replies: readonly Reply[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of replies) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

const times = async (count: number, call: (n: number) => Promise<Reply>): Promise<Reply[]> =>
  await Promise.all(Array.from({ length: count }, (_, n) => call(n)));

test("plans, usage and subscription answer as the contract writes them, to a person only", async () => {
  const api = await startApi({ planDefault: "pro" });
  const newcomer = await api.signUp({ company: null });
  const call = callsOf(api, newcomer);
  expect((await call("GET", "/billing/subscription")).body.data).toEqual({
    plan: "pro",
    status: "active",
    trial_ends_at: null,
    current_period_end: null,
  });
  const listed = (await call("GET", "/billing/plans")).body.data;
  expect(listed.map(({ plan }: { plan: string }) => plan)).toEqual([
    "free",
    "starter",
    "pro",
    "enterprise",
  ]);
  expect(listed[1]).toEqual({
    id: 2,
    plan: "starter",
    max_clients: 25,
    max_invoices_per_month: 50,
    max_projects: 10,
    max_members: 3,
    max_companies: 2,
    feature_api_access: false,
    feature_recurring_invoices: true,
    feature_time_tracking: true,
    feature_quotes: true,
    feature_client_portal: true,
    feature_billing_reports: true,
  });
  expect((await call("GET", "/billing/usage")).body.data).toEqual({
    clients: 0,
    invoices_this_month: 0,
    projects: 0,
    team_members: 0,
    companies: 0,
    max_companies: 5,
  });

  const owner = await api.signUp();
  const made = await callsOf(api, owner)("POST", "/api-tokens", { name: "CI" });
  for (const path of ["plans", "usage", "subscription"]) {
    const reply = await api.ask("GET", `/api/v1/billing/${path}`, { token: made.body.data.token });
    expect({ status: reply.status, code: reply.body.code }).toEqual({
      status: 403,
      code: "session_required",
    });
  }
});

test("no number of requests at once passes a limit, over all companies of an owner", async () => {
  const api = await startApi({ planDefault: "starter" });
  const owner = await api.signUp();
  const first = callsOf(api, owner, owner.companyId);
  const second = callsOf(
    api,
    owner,
    (await first("POST", "/companies", { name: "Second" })).body.data.id,
  );
  await setPlan(api, "free");
  const inTurn = (n: number) => (n % 2 === 0 ? first : second);

  const clients = await times(9, (n) => inTurn(n)("POST", "/clients", { name: `Client ${n}` }));
  expect(tally(clients)).toEqual({ 201: 5, 403: 4 });
  const refused = clients.find(({ status }) => status === 403);
  expect(refused?.body).toMatchObject({
    message: "You've reached your free plan limit of 5 clients. Please upgrade.",
    code: "upgrade_required",
    upgrade_required: true,
  });
  const clientOf = async (call: typeof first): Promise<number> =>
    (await call("GET", "/clients")).body.data[0].id;
  const [clientId, otherId] = [await clientOf(first), await clientOf(second)];

  const body = { client_id: clientId, line_items: [line("Consulting", 1, 10_000)] };
  const original = await first("POST", "/invoices", body);
  const invoices = await times(9, (n) => {
    if (n % 3 === 0) return second("POST", "/invoices", { ...body, client_id: otherId });
    if (n % 3 === 1) return first("POST", "/invoices", body);
    return first("POST", `/invoices/${original.body.data.id}/duplicate`);
  });
  expect(tally(invoices)).toEqual({ 201: 4, 403: 5 });
  const projects = await times(5, (n) =>
    first("POST", "/projects", { client_id: clientId, name: `Project ${n}` }),
  );
  expect(tally(projects)).toEqual({ 201: 3, 403: 2 });
  expect((await first("GET", "/billing/usage")).body.data).toEqual({
    clients: 5,
    invoices_this_month: 5,
    projects: 3,
    team_members: 1,
    companies: 2,
    max_companies: 1,
  });

  // Deleting makes room for a client; an invoice of this month has been made, whatever becomes of it.
  expect((await second("DELETE", `/clients/${otherId}`)).status).toBe(204);
  expect((await first("POST", "/clients", { name: "Next" })).status).toBe(201);
  expect((await first("DELETE", `/invoices/${original.body.data.id}`)).status).toBe(204);
  expect((await first("POST", "/invoices", body)).status).toBe(403);
  api.clock.set("2026-04-01T00:00:00Z");
  expect((await first("POST", "/invoices", body)).status).toBe(201);
  // Numbers of refused invoices were never taken.
  const numbers = await api.sql`
    select company_id, count(*)::int as count, max(invoice_number) as last from invoices group by 1
  `;
  for (const { count, last } of numbers) expect(last).toBe(`INV-0000${count}`);
});

test("what a plan does not have is refused, and what is there stays readable", async () => {
  const api = await startApi();
  const owner = await api.signUp();
  const call = callsOf(api, owner);
  const client = (await call("POST", "/clients", { name: "Pine & Sons" })).body.data;
  const body = { client_id: client.id, line_items: [line("Consulting", 1, 10_000)] };
  const quote = (await call("POST", "/quotes", body)).body.data;
  await call("POST", `/quotes/${quote.id}/mark-sent`);
  expect((await call("GET", `/portal/quotes/${quote.uuid}`)).status).toBe(200);
  await setPlan(api, "free");

  const series = { ...body, title: "Retainer", frequency: "monthly", start_date: "2026-04-01" };
  const entry = { date: "2026-03-02", duration: 60, project_id: 1, service_id: 1 };
  const attempts: [string, unknown, string][] = [
    ["/recurring-invoices", series, "Recurring invoices require a Starter plan."],
    ["/quotes", body, "Quotes require a Starter plan."],
    [`/quotes/${quote.id}/duplicate`, undefined, "Quotes require a Starter plan."],
    ["/time-entries", entry, "Time tracking requires a Starter plan."],
    ["/timer/start", {}, "Time tracking requires a Starter plan."],
    ["/api-tokens", { name: "CI" }, "API access requires a Pro plan."],
  ];
  for (const [path, given, message] of attempts) {
    const reply = await call("POST", path, given);
    expect({ path, status: reply.status, body: reply.body }).toMatchObject({
      path,
      status: 403,
      body: { message: `${message} Please upgrade.`, upgrade_required: true },
    });
  }
  expect((await call("GET", `/quotes/${quote.id}`)).status).toBe(200);
  expect((await call("GET", `/portal/quotes/${quote.uuid}`)).status).toBe(404);
});

test("a night bills whatever the plan, what it makes counts, and a test company counts apart", async () => {
  const api = await startApi({ planDefault: "free" });
  const owner = await api.signUp();
  const { companyId } = owner;
  const call = callsOf(api, owner);
  const clientId = (await call("POST", "/clients", { name: "Pine & Sons" })).body.data.id;
  for (let n = 0; n < 6; n += 1) await insertSeries(api.sql, { companyId, clientId });
  await api.sql`update recurring_invoices set next_generate_date = '2026-03-02', anchor_date = '2026-03-02'`;
  const deps = { sql: api.sql, clock: api.clock, signal: new AbortController().signal };
  const { report } = await runNight(deps, { companyId, businessDate: "2026-03-02" });
  expect(report).toMatchObject({ generated: { count: 6 }, parked: { count: 0 } });
  expect((await call("GET", "/billing/usage")).body.data.invoices_this_month).toBe(6);
  const draft = { client_id: clientId };
  expect((await call("POST", "/invoices", draft)).body.message).toBe(
    "You've reached your free plan limit of 5 invoices a month. Please upgrade.",
  );
  const [series] = await api.sql`select id from recurring_invoices limit 1`;
  const byHand = await call("POST", `/recurring-invoices/${series!["id"]}/generate`);
  expect(byHand.body).toMatchObject({ code: "upgrade_required" });

  await api.sql`update companies set test_now = '2026-05-01T00:00:00Z'`;
  api.clock.set("2026-03-02T10:00:00Z");
  expect((await call("POST", "/invoices", draft)).status).toBe(201);
  expect((await call("GET", "/billing/usage")).body.data.invoices_this_month).toBe(1);
});

test("a team is as large as the plan allows, however many accept at once; nobody counts twice", async () => {
  const api = await startApi({ planDefault: "starter" });
  const owner = await api.signUp();
  const first = callsOf(api, owner, owner.companyId);
  const secondId = (await first("POST", "/companies", { name: "Second" })).body.data.id;
  const second = callsOf(api, owner, secondId);
  const people = [];
  for (let n = 0; n < 3; n += 1) people.push(await api.signUp({ company: null }));
  const inviteTo = async (companyId: number, email: string) =>
    await first("POST", `/companies/${companyId}/members/invite`, { email, role: "member" });
  const accept = async ({ token, email }: Person, companyId: number) => {
    // The link is in a mail and nowhere else; here it is one we know.
    const secret = `nli_${companyId}_${email}`.padEnd(40, "x").replaceAll(/[^\w]/g, "-");
    await api.sql`
      update invitations set token_hash = ${hashToken(secret)}
      where company_id = ${companyId} and email = ${email}
    `;
    return await api.ask("POST", `/api/v1/invitations/${secret}/accept`, { token });
  };
  for (const { email } of people) {
    expect((await inviteTo(owner.companyId, email)).status).toBe(201);
  }
  const accepted = await Promise.all(people.map((person) => accept(person, owner.companyId)));
  expect(tally(accepted)).toEqual({ 200: 2, 403: 1 });
  const refused = accepted.find(({ status }) => status === 403);
  expect(refused?.body).toMatchObject({
    message: "You've reached your starter plan limit of 3 team members. Please upgrade.",
    upgrade_required: true,
  });
  expect((await first("GET", "/billing/usage")).body.data.team_members).toBe(3);

  const [isIn, isOut] = [
    people[accepted.findIndex(({ status }) => status === 200)]!,
    people[accepted.indexOf(refused!)]!,
  ];
  expect((await inviteTo(secondId, isOut.email)).status).toBe(403);
  expect((await inviteTo(secondId, isIn.email)).status).toBe(201);
  expect((await accept(isIn, secondId)).status).toBe(200);
  expect((await second("GET", "/billing/usage")).body.data.team_members).toBe(3);
});
