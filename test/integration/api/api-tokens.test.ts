import { expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { startApi } from "./start-api.ts";

test("a token is shown once, kept as a hash, and works for its company only", async () => {
  const { ask, sql, signUp } = await startApi();
  const person = await signUp();
  const made = await ask("POST", "/api/api-tokens", {
    token: person.token,
    body: { name: "CI Deploy Token" },
  });
  expect(made.status).toBe(201);
  const { token, ...shown } = made.body.data;
  expect(token).toMatch(/^nl_[\w-]{43}$/);
  expect(shown).toMatchObject({
    id: expect.any(Number),
    name: "CI Deploy Token",
    prefix: token.slice(0, 9),
    company_id: person.companyId,
    last_used_at: null,
    expires_at: null,
    created_at: "2026-03-02T09:00:00.000000Z",
  });
  const list = await ask("GET", "/api/api-tokens", { token: person.token });
  expect(list.body.data).toEqual([shown]);
  const [row] = await sql`select to_jsonb(api_tokens)::text as text from api_tokens`;
  expect(row?.["text"]).not.toContain(token);

  const second = await ask("POST", "/api/companies", { token: person.token, body: { name: "B" } });
  const secondId = Number(second.body.data.id);
  await ask("POST", `/api/companies/${secondId}/switch`, { token: person.token });
  await ask("POST", "/api/clients", { token, body: { name: "in the token's company" } });
  const clients = await ask("GET", "/api/clients", { token });
  expect(clients.body.data).toHaveLength(1);
  const companies = await ask("GET", "/api/companies", { token });
  expect(companies.body.data.map((company: { id: number }) => company.id)).toEqual([
    person.companyId,
  ]);
  for (const reply of [
    await ask("GET", "/api/clients", { token, headers: { "x-company-id": String(secondId) } }),
    await ask("GET", `/api/companies/${secondId}`, { token }),
  ]) {
    expect(reply.status).toBe(404);
  }
});

test("a token may what its scopes say, and a missing one is named", async () => {
  const { ask, signUp } = await startApi();
  const person = await signUp();
  const make = async (scopes: string[]) => {
    const reply = await ask("POST", "/api/api-tokens", {
      token: person.token,
      body: { name: "T", scopes },
    });
    return String(reply.body.data.token);
  };
  const reader = await make(["clients:read"]);
  const client = await ask("POST", "/api/clients", { token: person.token, body: { name: "A" } });
  const id = Number(client.body.data.id);
  expect((await ask("GET", "/api/clients", { token: reader })).status).toBe(200);
  const refused = await ask("POST", "/api/clients", { token: reader, body: { name: "A" } });
  expect(refused.status).toBe(403);
  expect(refused.body).toMatchObject({ code: "missing_scope", scope: "clients:write" });
  expect(refused.body.message).toContain("clients:write");
  const stats = await ask("GET", `/api/clients/${id}/stats`, { token: reader });
  expect(stats.body).toMatchObject({ code: "missing_scope", scope: "invoices:read" });

  const services = await make(["services:read"]);
  const log = await ask("GET", `/api/activity-log?subject_type=client&subject_id=${id}`, {
    token: services,
  });
  expect(log.body).toMatchObject({ code: "missing_scope", scope: "clients:read" });

  const half = await ask("POST", "/api/api-tokens", {
    token: person.token,
    body: { name: "T", scopes: ["clients:write", "root:write"] },
  });
  expect(half.status).toBe(422);
  expect(half.body.errors).toHaveProperty(["scopes.1"]);
  const unread = await ask("POST", "/api/api-tokens", {
    token: person.token,
    body: { name: "T", scopes: ["clients:write"] },
  });
  expect(unread.body.errors).toEqual({ "scopes.0": ["clients:write needs clients:read too."] });
});

test("people's own affairs are never reachable by API token", async () => {
  const { ask, signUp } = await startApi();
  const person = await signUp();
  const made = await ask("POST", "/api/api-tokens", { token: person.token, body: { name: "T" } });
  const { token, id } = made.body.data;
  for (const [method, path, body] of [
    ["POST", "/api/companies", { name: "B" }],
    ["PUT", `/api/companies/${person.companyId}`, { name: "B" }],
    ["DELETE", `/api/companies/${person.companyId}`, undefined],
    ["POST", `/api/companies/${person.companyId}/switch`, undefined],
    ["GET", "/api/api-tokens", undefined],
    ["POST", "/api/api-tokens", { name: "B" }],
    ["DELETE", `/api/api-tokens/${id}`, undefined],
    ["PUT", "/api/auth/user", { name: "B" }],
    ["POST", "/api/auth/logout", undefined],
  ] as const) {
    const reply = await ask(method, path, { token, body });
    expect([method, path, reply.status, reply.body.code]).toEqual([
      method,
      path,
      403,
      "session_required",
    ]);
  }
});

test("a token ends when it expires, when it is revoked, and when its plan has no API", async () => {
  const { ask, clock, sql, signUp, startAnother } = await startApi();
  const person = await signUp();
  const make = async (expiresAt?: string) => {
    const reply = await ask("POST", "/api/api-tokens", {
      token: person.token,
      body: { name: "T", expires_at: expiresAt },
    });
    expect(reply.status).toBe(201);
    return { id: Number(reply.body.data.id), token: String(reply.body.data.token) };
  };
  const works = async (token: string) => (await ask("GET", "/api/clients", { token })).status;
  const short = await make("2026-03-02T10:00:00+00:30");
  const long = await make();
  const third = await make();
  expect([await works(short.token), await works(long.token)]).toEqual([200, 200]);
  clock.set("2026-03-02T09:30:00Z");
  expect(await works(short.token)).toBe(401);

  const another = await startAnother();
  expect((await another("GET", "/api/clients", { token: long.token })).status).toBe(200);
  const path = `/api/api-tokens/${long.id}`;
  expect((await ask("DELETE", path, { token: person.token })).status).toBe(204);
  expect(await works(long.token)).toBe(401);
  expect((await ask("DELETE", path, { token: person.token })).status).toBe(404);
  clock.advanceMs(2_000);
  expect((await another("GET", "/api/clients", { token: long.token })).status).toBe(401);

  expect(await works(third.token)).toBe(200);
  await sql`update companies set plan = 'free' where id = ${person.companyId}`;
  clock.advanceMs(2_000);
  const refused = await ask("GET", "/api/clients", { token: third.token });
  expect(refused.status).toBe(403);
  expect(refused.body.upgrade_required).toBe(true);
  const none = await ask("POST", "/api/api-tokens", { token: person.token, body: { name: "T" } });
  expect(none.status).toBe(403);
  expect(none.body.message).toBe("API access requires a Pro plan. Please upgrade.");

  const past = await ask("POST", "/api/api-tokens", {
    token: person.token,
    body: { name: "T", expires_at: "yesterday" },
  });
  expect(past.body.errors).toHaveProperty("expires_at");
});

test("somebody else's token cannot be revoked", async () => {
  const { ask, signUp } = await startApi();
  const [one, other] = [await signUp(), await signUp()];
  const made = await ask("POST", "/api/api-tokens", { token: one.token, body: { name: "T" } });
  const reply = await ask("DELETE", `/api/api-tokens/${made.body.data.id}`, { token: other.token });
  expect(reply.status).toBe(404);
  expect((await ask("GET", "/api/clients", { token: made.body.data.token })).status).toBe(200);
});

test("each use of a token is recorded, without the caller's address", async () => {
  const { ask, sql, signUp, flush } = await startApi();
  const person = await signUp();
  const made = await ask("POST", "/api/api-tokens", { token: person.token, body: { name: "T" } });
  const { token, id } = made.body.data;
  await ask("GET", "/api/clients?search=secret", {
    token,
    headers: { "user-agent": "curl/8", "x-request-id": "req-1" },
  });
  await ask("GET", "/api/clients/999999", { token });
  await ask("GET", "/api/clients", { token: person.token });
  // The answer is out before its use is noted.
  const rows = await eventually(async () => {
    await flush();
    const found = await sql`
      select api_token_id, company_id, endpoint, method, status, user_agent, request_id, ip_hash
      from api_usage order by id
    `;
    return found.length === 2 && found;
  });
  expect(rows[0]).toMatchObject({
    apiTokenId: id,
    companyId: person.companyId,
    endpoint: "/clients",
    method: "GET",
    status: 200,
    userAgent: "curl/8",
    requestId: "req-1",
  });
  expect(rows[1]).toMatchObject({ endpoint: "/clients/:id", status: 404 });
  expect(rows[0]?.["ipHash"]).toEqual(rows[1]?.["ipHash"]);
  const list = await ask("GET", "/api/api-tokens", { token: person.token });
  expect(list.body.data[0].last_used_at).toBe("2026-03-02T09:00:00.000000Z");
});
