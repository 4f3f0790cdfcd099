import { scryptSync } from "node:crypto";
import { expect, test } from "vitest";
import { defaultApiSettings } from "../../../src/api/settings.ts";
import { startApi } from "./start-api.ts";

const john = { name: "John", email: "John@Example.test", password: "12345678" };

test("a person registers, is signed in, and signs out at once", async () => {
  const { ask } = await startApi();
  const registered = await ask("POST", "/api/auth/register", { body: john });
  expect(registered.status).toBe(201);
  expect(registered.body).toEqual({
    data: { id: expect.any(Number), name: "John", email: "John@Example.test" },
    token: expect.stringMatching(/^nls_/),
  });
  const token = registered.body.token;

  const user = await ask("GET", "/api/v1/auth/user", { token });
  expect(user.status).toBe(200);
  expect(user.body.data).toEqual({
    id: registered.body.data.id,
    name: "John",
    email: "John@Example.test",
    avatar_url: null,
    current_company_id: null,
    created_at: "2026-03-02T09:00:00.000000Z",
    updated_at: "2026-03-02T09:00:00.000000Z",
  });

  expect((await ask("POST", "/api/auth/logout", { token })).body).toEqual({
    message: "Logged out.",
  });
  expect((await ask("GET", "/api/auth/user", { token })).status).toBe(401);
});

test("an email can be registered once, in whatever case, also by two at once", async () => {
  const { ask } = await startApi();
  const replies = await Promise.all(
    ["john@example.test", "JOHN@example.test"].map((email) =>
      ask("POST", "/api/auth/register", { body: { ...john, email } }),
    ),
  );
  expect(replies.map((reply) => String(reply.status)).toSorted()).toEqual(["201", "422"]);
  const refused = replies.find((reply) => reply.status === 422);
  expect(refused?.body.errors.email).toHaveLength(1);
});

test("registering names each field that is wrong", async () => {
  const { ask } = await startApi();
  const reply = await ask("POST", "/api/auth/register", {
    body: { name: "x".repeat(256), email: "nobody", password: "short", is_admin: true },
  });
  expect(reply.status).toBe(422);
  expect(reply.body.code).toBe("invalid_input");
  expect(reply.body.errors).toEqual({
    name: ["Must not be greater than 255 characters."],
    email: ["Must be a valid email address."],
    password: ["Must be at least 8 characters."],
    is_admin: ["This field is not known."],
  });
});

test("a wrong password and an unknown email are told apart by nothing", async () => {
  const { ask } = await startApi();
  await ask("POST", "/api/auth/register", { body: john });
  const wrong = await ask("POST", "/api/auth/login", {
    body: { email: john.email, password: "wrong" },
  });
  const unknown = await ask("POST", "/api/auth/login", {
    body: { email: "nobody@example.test", password: "wrong" },
  });
  expect(wrong.status).toBe(401);
  expect(unknown.status).toBe(401);
  expect({ ...wrong.body, request_id: "" }).toEqual({ ...unknown.body, request_id: "" });
  expect(wrong.body.message).toBe("Invalid credentials.");

  const right = await ask("POST", "/api/auth/login", {
    body: { email: "john@EXAMPLE.test", password: john.password },
  });
  expect(right.status).toBe(200);
  expect((await ask("GET", "/api/auth/user", { token: right.body.token })).status).toBe(200);
});

test("a password kept at an older cost is kept at today's after the next sign-in", async () => {
  const { passwordCost } = defaultApiSettings({ ipSalt: "any" });
  const { ask, sql } = await startApi({ passwordCost });
  const readHash = async () => (await sql`select password_hash from users`)[0]?.["passwordHash"];
  await ask("POST", "/api/auth/register", { body: john });
  expect(await readHash()).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$/);
  const salt = Buffer.alloc(16, 1);
  const key = scryptSync(john.password, salt, 32, { N: 2 ** 10, r: 8, p: 1 });
  const old = `$scrypt$ln=10,r=8,p=1$${salt.toString("base64url")}$${key.toString("base64url")}`;
  await sql`update users set password_hash = ${old}`;
  const login = { email: john.email, password: john.password };
  expect((await ask("POST", "/api/auth/login", { body: login })).status).toBe(200);
  expect(await readHash()).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$/);
  expect((await ask("POST", "/api/auth/login", { body: login })).status).toBe(200);
});

test("after too many failures even the right password has to wait, also at another process", async () => {
  const { ask, clock, startAnother } = await startApi({
    signIn: {
      failuresMax: 3,
      failuresPerAddressMax: 100,
      failuresPerAccountMax: 100,
      windowMs: 60_000,
    },
  });
  await ask("POST", "/api/auth/register", { body: john });
  const attempt = (password: string) => ({ body: { email: john.email, password } });
  // At once: counting before checking leaves no gap between them.
  const replies = await Promise.all(
    [1, 2, 3, 4, 5].map(() => ask("POST", "/api/auth/login", attempt("wrong"))),
  );
  expect(replies.map((reply) => String(reply.status)).toSorted()).toEqual([
    "401",
    "401",
    "401",
    "429",
    "429",
  ]);

  const another = await startAnother();
  const refused = await another("POST", "/api/auth/login", attempt(john.password));
  expect(refused.status).toBe(429);
  expect(refused.body.code).toBe("too_many_requests");
  expect(Number(refused.headers.get("retry-after"))).toBe(60);

  clock.advanceMs(60_000);
  expect((await ask("POST", "/api/auth/login", attempt(john.password))).status).toBe(200);
});

test("an address that tries many emails has to wait", async () => {
  const { ask } = await startApi({
    signIn: {
      failuresMax: 5,
      failuresPerAddressMax: 2,
      failuresPerAccountMax: 100,
      windowMs: 60_000,
    },
  });
  const statuses = [];
  for (const name of ["a", "b", "c"]) {
    const body = { email: `${name}@example.test`, password: "wrong" };
    statuses.push((await ask("POST", "/api/auth/login", { body })).status);
  }
  expect(statuses).toEqual([401, 401, 429]);
});

test("an account that many addresses try at has a pause from everywhere", async () => {
  const { ask } = await startApi({
    trustedProxies: 1,
    signIn: {
      failuresMax: 2,
      failuresPerAddressMax: 10,
      failuresPerAccountMax: 4,
      windowMs: 60_000,
    },
  });
  await ask("POST", "/api/auth/register", { body: john });
  const from = async (address: string, password: string): Promise<number> => {
    const body = { email: john.email, password };
    const headers = { "x-forwarded-for": address };
    return (await ask("POST", "/api/auth/login", { body, headers })).status;
  };
  // One line's IPv6 addresses are one; somebody else elsewhere gets in all the while.
  expect(await from("2001:db8:1:2::1", "wrong")).toBe(401);
  expect(await from("2001:db8:1:2:3::9", "wrong")).toBe(401);
  expect(await from("2001:db8:1:2:ffff::", "wrong")).toBe(429);
  expect(await from("192.0.2.1", john.password)).toBe(200);
  expect(await from("2001:db8:1:3::1", "wrong")).toBe(401);
  expect(await from("192.0.2.2", "wrong")).toBe(401);
  expect(await from("192.0.2.3", john.password)).toBe(429);
});

test("a session ends when its time is over", async () => {
  const { ask, clock, signUp } = await startApi({ sessionMs: 3_600_000 });
  const { token } = await signUp();
  expect((await ask("GET", "/api/auth/user", { token })).status).toBe(200);
  clock.advanceMs(3_600_000);
  const reply = await ask("GET", "/api/auth/user", { token });
  expect(reply.status).toBe(401);
  expect(reply.headers.get("www-authenticate")).toContain("Bearer");
});

test("a sign-out in one process is known in another within two seconds", async () => {
  const { ask, clock, signUp, startAnother } = await startApi();
  const { token } = await signUp();
  const another = await startAnother();
  expect((await another("GET", "/api/auth/user", { token })).status).toBe(200);
  await ask("POST", "/api/auth/logout", { token });
  clock.advanceMs(2_000);
  expect((await another("GET", "/api/auth/user", { token })).status).toBe(401);
});

test("an Authorization header of another form lets nobody in", async () => {
  const { ask } = await startApi();
  for (const authorization of [
    "",
    "Bearer",
    "Basic abc",
    "Bearer nls_x y",
    `Bearer ${"x".repeat(5_000)}`,
  ]) {
    const reply = await ask("GET", "/api/auth/user", { headers: { authorization } });
    expect([authorization, reply.status]).toEqual([authorization, 401]);
    expect(reply.body.code).toBe("unauthenticated");
  }
});

test("one changes one's name and email, but not to somebody else's email", async () => {
  const { ask, signUp } = await startApi();
  const [one, other] = [await signUp(), await signUp()];
  const changed = await ask("PUT", "/api/auth/user", {
    token: one.token,
    body: { name: "Jane", email: "jane@example.test" },
  });
  expect(changed.status).toBe(200);
  expect(changed.body.data).toMatchObject({ name: "Jane", email: "jane@example.test" });
  expect((await ask("GET", "/api/auth/user", { token: one.token })).body.data.name).toBe("Jane");

  const taken = await ask("PUT", "/api/auth/user", {
    token: one.token,
    body: { email: other.email.toUpperCase() },
  });
  expect(taken.status).toBe(422);
  expect(taken.body.errors).toHaveProperty("email");
});

test("one changes one's password with the current one, and the other sessions end", async () => {
  const { ask, sql, signUp } = await startApi({
    signIn: {
      failuresMax: 2,
      failuresPerAddressMax: 10,
      failuresPerAccountMax: 100,
      windowMs: 60_000,
    },
  });
  const { token, email, userId } = await signUp();
  const current = "correct horse battery";
  const other = await ask("POST", "/api/auth/login", { body: { email, password: current } });
  const change = async (body: object) => await ask("PUT", "/api/auth/user", { token, body });
  const wanted = "staple battery horse";
  expect((await change({ password: wanted })).body.errors).toEqual({
    current_password: ["This field is required."],
  });
  expect((await change({ password: "short", current_password: current })).body.errors).toEqual({
    password: ["Must be at least 8 characters."],
  });
  const wrong = { password: wanted, current_password: "wrong" };
  expect((await change(wrong)).body.errors).toEqual({
    current_password: ["This is not your current password."],
  });
  expect((await ask("GET", "/api/auth/user", { token: other.body.token })).status).toBe(200);

  expect((await change({ password: wanted, current_password: current })).status).toBe(200);
  expect((await ask("GET", "/api/auth/user", { token: other.body.token })).status).toBe(401);
  expect((await ask("GET", "/api/auth/user", { token })).status).toBe(200);
  const login = { body: { email, password: wanted } };
  expect((await ask("POST", "/api/auth/login", login)).status).toBe(200);

  // A session in the wrong hands is no place to guess the password at.
  expect((await change(wrong)).status).toBe(422);
  expect((await change(wrong)).status).toBe(422);
  expect((await change({ ...wrong, current_password: wanted })).status).toBe(429);

  await sql`update users set password_hash = null where id = ${userId}`;
  const first = await change({ password: wanted, current_password: wanted });
  expect([first.status, first.body.code]).toEqual([422, "no_password"]);
});

test("no password, token or address is kept or logged in clear", async () => {
  const { ask, sql, logLines, signUp, flush } = await startApi();
  const { token } = await signUp();
  await ask("POST", "/api/auth/register", {
    body: { ...john, password: "open sesame please" },
    headers: { "idempotency-key": "register-1" },
  });
  await flush();
  for (const table of ["users", "sessions", "idempotency_keys", "login_attempts"]) {
    const rows = await sql`select to_jsonb(t)::text as text from ${sql(table)} t`;
    const text = rows.map((row) => String(row["text"])).join("\n");
    expect(text).not.toContain(token);
    expect(text).not.toContain("nls_");
    expect(text).not.toContain("open sesame");
    // As bytea is shown.
    expect(text).not.toContain(Buffer.from("nls_").toString("hex"));
  }
  expect(logLines.join("\n")).not.toMatch(/nls_|open sesame|127\.0\.0\.1/);
});
