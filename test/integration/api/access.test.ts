import { expect, test } from "vitest";
import type { Route } from "../../../src/api/define-route.ts";
import { routes } from "../../../src/api/routes/registry.ts";
import { createToken, hashToken } from "../../../src/platform/tokens.ts";
import { insertApiToken } from "../../../src/db/api-tokens.ts";
import { insertMember } from "../../../src/db/company-members.ts";
import { startApi, type ApiSetup, type Person, type Reply } from "./start-api.ts";

const uuid = "018f0000-0000-7000-8000-000000000000";

/** An address of this route with ids of nothing. */
function addressOf(route: Route): string {
  return `/api/v1${route.path.replaceAll(/:(\w*)/g, (_, name) => (name === "uuid" ? uuid : "1"))}`;
}

const isScoped = (route: Route): boolean => typeof route.access === "object";
const nameOf = (route: Route): string => `${route.method.toUpperCase()} ${route.path}`;

async function tokenWith(api: ApiSetup, person: Person, scopes: string[]): Promise<string> {
  const token = createToken("nl");
  await api.sql.begin(async (tx) => {
    await insertApiToken(tx, {
      userId: person.userId,
      companyId: person.companyId,
      name: "T",
      prefix: token.slice(0, 9),
      tokenHash: hashToken(token),
      scopes,
      expiresAt: null,
      now: api.clock.now(),
    });
  });
  return token;
}

async function sweep(
  chosen: readonly Route[],
  ask: (route: Route) => Promise<Reply>,
): Promise<Map<string, string>> {
  const answers = new Map<string, string>();
  for (const route of chosen) {
    const reply = await ask(route);
    answers.set(nameOf(route), `${reply.status} ${reply.body?.code}`);
  }
  return answers;
}

const all = (chosen: readonly Route[], answer: string): Map<string, string> =>
  new Map(chosen.map((route) => [nameOf(route), answer]));

test("no route but the public ones answers without a token", async () => {
  const { ask } = await startApi();
  const closed = routes.filter((route) => route.access !== "public");
  expect(closed.length).toBeGreaterThan(40);
  const answers = await sweep(closed, (route) => ask(route.method.toUpperCase(), addressOf(route)));
  expect(answers).toEqual(all(closed, "401 unauthenticated"));
  expect(routes.filter((route) => route.access === "public").map(nameOf)).toEqual([
    "POST /auth/register",
    "POST /auth/login",
    "POST /auth/forgot-password",
    "POST /auth/reset-password",
    "GET /auth/google",
    "GET /auth/google/callback",
    "GET /invitations/:token/details",
    "GET /portal/invoices/:uuid",
    "GET /portal/invoices/:uuid/pdf",
    "POST /portal/invoices/:uuid/checkout",
    "GET /portal/quotes/:uuid",
    "GET /portal/quotes/:uuid/pdf",
    "POST /portal/quotes/:uuid/accept",
    "POST /portal/quotes/:uuid/decline",
    // What a provider tells us: a secret of the channel, or a signature, says who.
    "POST /integrations/google-calendar/notifications",
    // State and cookie say who comes back.
    "GET /integrations/:provider/callback",
    "GET /settings/freshbooks/callback",
    "GET /settings/stripe/callback",
    "POST /settings/stripe/webhook",
  ]);
});

test("another company's records are 404, to read, to change and to refer to", async () => {
  const api = await startApi();
  const [owner, stranger] = [await api.signUp(), await api.signUp()];
  const make = async (path: string, body: object): Promise<number> => {
    const reply = await api.ask("POST", path, { token: owner.token, body });
    expect(reply.status).toBe(201);
    return Number(reply.body.data.id);
  };
  const client = await make("/api/clients", { name: "A" });
  const contact = await make(`/api/clients/${client}/contacts`, { name: "C" });
  const service = await make("/api/services", { name: "S" });
  const token = await make("/api/api-tokens", { name: "T" });
  const body = { name: "mine now" };
  const attempts: [string, string, object?][] = [
    ["GET", `/api/companies/${owner.companyId}`],
    ["PUT", `/api/companies/${owner.companyId}`, body],
    ["DELETE", `/api/companies/${owner.companyId}`],
    ["POST", `/api/companies/${owner.companyId}/switch`],
    ["GET", `/api/clients/${client}`],
    ["PUT", `/api/clients/${client}`, body],
    ["PATCH", `/api/clients/${client}`, body],
    ["DELETE", `/api/clients/${client}`],
    ["GET", `/api/clients/${client}/stats`],
    ["GET", `/api/clients/${client}/contacts`],
    ["POST", `/api/clients/${client}/contacts`, body],
    ["GET", `/api/clients/${client}/contacts/${contact}`],
    ["PUT", `/api/clients/${client}/contacts/${contact}`, body],
    ["DELETE", `/api/clients/${client}/contacts/${contact}`],
    ["GET", `/api/services/${service}`],
    ["PUT", `/api/services/${service}`, body],
    ["DELETE", `/api/services/${service}`],
    ["DELETE", `/api/api-tokens/${token}`],
    ["GET", `/api/activity-log?subject_type=client&subject_id=${client}`],
  ];
  const before = await api.sql`select to_jsonb(clients) as row from clients order by id`;
  for (const [method, path, sent] of attempts) {
    const reply = await api.ask(method, path, { token: stranger.token, body: sent });
    expect([method, path, reply.status]).toEqual([method, path, 404]);
    // The same as for a record that does not exist at all.
    expect(reply.text).not.toContain(`"${owner.companyId}"`);
  }
  expect(await api.sql`select to_jsonb(clients) as row from clients order by id`).toEqual(before);
  for (const list of ["clients", "services", "api-tokens"]) {
    const reply = await api.ask("GET", `/api/${list}`, { token: stranger.token });
    expect(reply.body.data).toEqual([]);
  }
});
