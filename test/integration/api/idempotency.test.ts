import { expect, test } from "vitest";
import { untilBlocked } from "../../support/blocked.ts";
import { startApi } from "./start-api.ts";

test("the same key and body give the first answer again, with one effect", async () => {
  const { ask, sql, signUp } = await startApi();
  const { token } = await signUp();
  const headers = { "idempotency-key": "make-a" };
  const make = () => ask("POST", "/api/clients", { token, body: { name: "A" }, headers });
  const [first, second] = [await make(), await make()];
  expect([first.status, second.status]).toEqual([201, 201]);
  expect(second.text).toBe(first.text);
  expect(first.headers.get("idempotent-replayed")).toBeNull();
  expect(second.headers.get("idempotent-replayed")).toBe("true");
  for (const name of ["etag", "location"]) {
    expect(second.headers.get(name)).toBe(first.headers.get(name));
    expect(second.headers.get(name)).not.toBeNull();
  }
  const [row] = await sql`
    select (select count(*)::int from clients) as clients, (select count(*)::int from events) as events
  `;
  expect(row).toEqual({ clients: 1, events: 1 });
});

test("the same key with another body, path or query is a 422", async () => {
  const { ask, signUp } = await startApi();
  const { token } = await signUp();
  const headers = { "idempotency-key": "k" };
  await ask("POST", "/api/clients", { token, body: { name: "A" }, headers });
  for (const [path, body] of [
    ["/api/clients", { name: "B" }],
    ["/api/services", { name: "A" }],
  ] as const) {
    const reply = await ask("POST", path, { token, body, headers });
    expect(reply.status).toBe(422);
    expect(reply.body.code).toBe("idempotency_key_reused");
    expect(reply.body.errors).toHaveProperty("Idempotency-Key");
  }
});

test("of many at once one works, the others are told it is running or get its answer", async () => {
  const { ask, sql, signUp, startAnother } = await startApi();
  const { token } = await signUp();
  const another = await startAnother();
  const options = { token, body: { name: "A" }, headers: { "idempotency-key": "once" } };
  const replies = await Promise.all(
    Array.from({ length: 12 }, (_, n) =>
      (n % 2 === 0 ? ask : another)("POST", "/api/clients", options),
    ),
  );
  const statuses = new Set(replies.map((reply) => reply.status));
  expect([...statuses].every((status) => status === 201 || status === 409)).toBe(true);
  const ids = replies.flatMap((reply) => (reply.status === 201 ? [reply.body.data.id] : []));
  expect(new Set(ids).size).toBe(1);
  const [row] = await sql`select count(*)::int as count from clients`;
  expect(row?.["count"]).toBe(1);
});

test("while the first request still runs, the second is a 409 at once", async () => {
  const { ask, sql, signUp } = await startApi();
  const { token, companyId } = await signUp();
  const client = await ask("POST", "/api/clients", { token, body: { name: "A" } });
  const options = {
    token,
    body: { action: "archive", ids: [client.body.data.id] },
    headers: { "idempotency-key": "bulk" },
  };
  const blocker = await sql.reserve();
  await blocker`begin`;
  await blocker`select 1 from clients where company_id = ${companyId} for update`;
  const first = ask("POST", "/api/clients/bulk-action", options);
  // Until the first request waits for the row, it may not yet have its key.
  await untilBlocked(sql);
  const second = await ask("POST", "/api/clients/bulk-action", options);
  expect(second.status).toBe(409);
  expect(second.body.code).toBe("idempotency_key_in_use");
  await blocker`rollback`;
  blocker.release();
  expect((await first).body.data.affected).toBe(1);
});

test("a key belongs to its caller and company, and is forgotten after a day", async () => {
  const { ask, clock, signUp } = await startApi();
  const [one, other] = [await signUp(), await signUp()];
  const second = await ask("POST", "/api/companies", { token: one.token, body: { name: "B" } });
  const make = (token: string, more: Record<string, string> = {}) =>
    ask("POST", "/api/clients", {
      token,
      body: { name: "A" },
      headers: { "idempotency-key": "k", ...more },
    });
  const replies = [
    await make(one.token),
    await make(other.token),
    await make(one.token, { "x-company-id": String(second.body.data.id) }),
  ];
  clock.advanceMs(24 * 3_600_000);
  replies.push(await make(one.token));
  expect(new Set(replies.map((reply) => reply.body.data.id)).size).toBe(4);
});

test("a failed request keeps nothing, so it can be tried again with the same key", async () => {
  const { ask, signUp } = await startApi();
  const { token } = await signUp();
  const headers = { "idempotency-key": "k" };
  const path = "/api/clients/999999/contacts";
  expect((await ask("POST", path, { token, body: { name: "C" }, headers })).status).toBe(404);
  expect((await ask("POST", "/api/clients", { token, body: {}, headers })).status).toBe(422);
  expect((await ask("POST", "/api/clients", { token, body: { name: "A" }, headers })).status).toBe(
    201,
  );
});

test("a kept answer with a secret is sealed, and opens only for who asked", async () => {
  const { ask, sql, signUp } = await startApi();
  const { token } = await signUp();
  const headers = { "idempotency-key": "token-1" };
  const make = () => ask("POST", "/api/api-tokens", { token, body: { name: "T" }, headers });
  const [first, second] = [await make(), await make()];
  expect(second.body).toEqual(first.body);
  expect(second.headers.get("idempotent-replayed")).toBe("true");
  const [row] = await sql`select is_sealed, body from idempotency_keys`;
  expect(row?.["isSealed"]).toBe(true);
  expect(String(row?.["body"])).not.toContain("nl_");
});

test("registering twice with one key is one account; another person's same key is their own", async () => {
  const { ask } = await startApi();
  const register = (email: string) =>
    ask("POST", "/api/auth/register", {
      body: { name: "A", email, password: "12345678" },
      headers: { "idempotency-key": "1" },
    });
  const [first, second] = [await register("a@b.test"), await register("a@b.test")];
  expect(second.body).toEqual(first.body);
  expect((await register("c@d.test")).status).toBe(201);
});

test("a key that is too long or not printable is a 422", async () => {
  const { ask, signUp } = await startApi();
  const { token } = await signUp();
  for (const key of ["x".repeat(256), "é"]) {
    const reply = await ask("POST", "/api/clients", {
      token,
      body: { name: "A" },
      headers: { "idempotency-key": key },
    });
    expect(reply.status).toBe(422);
    expect(reply.body.errors).toHaveProperty("Idempotency-Key");
  }
});
