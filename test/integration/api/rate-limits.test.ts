import { expect, test } from "vitest";
import { startApi } from "./start-api.ts";

const requestsPerHour = { free: null, starter: null, pro: null, enterprise: 10 };

test("a caller has so many requests an hour, then waits for the next one", async () => {
  const { ask, clock, signUp } = await startApi({ requestsPerHour });
  const { token } = await signUp();
  const replies = [];
  // Founding the company was the first of ten.
  for (let n = 0; n < 10; n += 1) replies.push(await ask("GET", "/api/clients", { token }));
  expect(replies.map((reply) => reply.headers.get("x-ratelimit-remaining"))).toEqual([
    "8",
    "7",
    "6",
    "5",
    "4",
    "3",
    "2",
    "1",
    "0",
    "0",
  ]);
  const last = replies[9];
  expect(last?.status).toBe(429);
  expect(last?.body.code).toBe("too_many_requests");
  expect(last?.headers.get("retry-after")).toBe("3600");
  expect(last?.headers.get("x-ratelimit-limit")).toBe("10");
  expect(last?.headers.get("x-ratelimit-reset")).toBe(
    String(Date.parse("2026-03-02T10:00:00Z") / 1000),
  );
  clock.set("2026-03-02T10:00:00Z");
  expect((await ask("GET", "/api/clients", { token })).status).toBe(200);
});

test("two processes together let in the limit and not one more", async () => {
  const { ask, signUp, startAnother } = await startApi({ requestsPerHour });
  const { token } = await signUp();
  const another = await startAnother();
  const replies = [];
  for (let n = 0; n < 16; n += 1) {
    replies.push(await (n % 2 === 0 ? ask : another)("GET", "/api/clients", { token }));
  }
  // Founding the company was the first of ten.
  expect(replies.filter((reply) => reply.status === 200)).toHaveLength(9);
  expect(replies.at(-1)?.status).toBe(429);
});

test("far from its limit a caller costs no query, and what it used is written in one go", async () => {
  const { ask, sql, signUp, flush } = await startApi();
  const { token } = await signUp();
  const used = async (): Promise<number> => {
    const [row] = await sql`select sum(used)::int as used from rate_limit_windows`;
    return row?.["used"];
  };
  const unwritten: number[] = [];
  for (let asked = 2; asked <= 21; asked += 1) {
    await ask("GET", "/api/clients", { token });
    unwritten.push(asked - (await used()));
  }
  // All of it is written once a second, which may be at any of these.
  expect(Math.max(...unwritten)).toBeGreaterThan(0);
  await flush();
  expect(await used()).toBe(21);
});

test("what was used is known after a restart", async () => {
  const { ask, signUp, flush, startAnother } = await startApi({ requestsPerHour });
  const { token } = await signUp();
  for (let n = 0; n < 5; n += 1) await ask("GET", "/api/clients", { token });
  await flush();
  const another = await startAnother();
  const reply = await another("GET", "/api/clients", { token });
  expect(reply.headers.get("x-ratelimit-remaining")).toBe("3");
});

test("a caller without a limit is told so; failures carry the headers too", async () => {
  const { ask, sql, signUp } = await startApi({ requestsPerHour, publicRequestsPerHour: 20 });
  const { email } = await signUp();
  const login = { email, password: "correct horse battery" };
  const signedIn = await ask("POST", "/api/auth/login", { body: login });
  await sql`update sessions set has_rate_limit = false`;
  const free = await ask("GET", "/api/clients", { token: signedIn.body.token });
  expect(free.status).toBe(200);
  for (const name of ["limit", "remaining"]) {
    expect(free.headers.get(`x-ratelimit-${name}`)).toBe("unlimited");
  }
  const unknown = await ask("POST", "/api/auth/logout", { token: "nls_unknown_token" });
  const missing = await ask("GET", "/api/nothing-here");
  expect([unknown.status, missing.status]).toEqual([401, 404]);
  for (const reply of [unknown, missing]) {
    expect(reply.headers.get("x-ratelimit-limit")).toBe("20");
  }
});

test("without a token the address is counted, whatever it tries", async () => {
  const { ask } = await startApi({ publicRequestsPerHour: 3 });
  const statuses = [];
  for (let n = 0; n < 4; n += 1) {
    const reply = await ask("GET", "/api/auth/user", { token: `nl_guess_number_${n}` });
    statuses.push(reply.status);
  }
  expect(statuses).toEqual([401, 401, 401, 429]);
});
