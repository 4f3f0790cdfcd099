import { expect, test } from "vitest";
import { routes } from "../../../src/api/routes/registry.ts";
import { startApi } from "./start-api.ts";

test("the doors open to everybody are these", () => {
  expect(
    routes
      .filter((route) => route.access === "public")
      .map(({ method, path }) => `${method.toUpperCase()} ${path}`),
  ).toEqual([
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
