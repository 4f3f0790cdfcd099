import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import type { SandboxProvider, SandboxRequest } from "../../../sandbox/provider.ts";
import { startProviderServer } from "../../../sandbox/server.ts";
import { ProviderUnavailable, RateLimited, WriteUnconfirmed } from "../../../src/errors.ts";
import {
  createHttpClient,
  failureOfStatus,
  malformedAnswer,
  type HttpClientOptions,
} from "../../../src/platform/http-client.ts";
import { systemClock } from "../../../src/platform/clock.ts";

const run = (request: SandboxRequest) => ({
  status: 200,
  body: {
    query: Object.fromEntries(request.query),
    type: request.headers["content-type"] ?? null,
    agent: request.headers["user-agent"] ?? null,
    body: request.body,
  },
});

/** Answers what it was sent. */
const echo: SandboxProvider = {
  name: "echo",
  oauth: { accessMs: null, codeMs: 1_000, refresh: "none" },
  settings: () => ({}),
  create: () => {
    const methods = ["GET", "POST", "PUT", "DELETE"];
    return {
      readState: () => null,
      routes: [
        {
          method: "GET",
          path: "/moved",
          run: () => ({ status: 302, headers: { location: "/a" } }),
        },
        ...methods.map((method) => ({ method, path: "/*", run })),
      ],
    };
  },
};
const Echo = z.object({
  query: z.record(z.string(), z.string()),
  type: z.string().nullable(),
  agent: z.string().nullable(),
  body: z.string(),
});

/** For an answer that does not come. */
const hasty = { timeouts: { headersMs: 1_000, bodyMs: 200 } };

async function start(options: Partial<HttpClientOptions> = {}) {
  const server = await startProviderServer(echo);
  const http = createHttpClient({
    name: "Echo",
    clock: systemClock,
    headers: { "user-agent": "nightledger" },
    ...options,
  });
  onTestFinished(async () => {
    http.close();
    await server.close();
  });
  const never = new AbortController().signal;
  const get = (path: string, signal = never) =>
    http.send({ method: "GET", url: `${server.url}${path}`, signal });
  const post = (path: string, json: unknown, signal = never) =>
    http.send({ method: "POST", url: `${server.url}${path}`, json, signal });
  return { server, http, get, post, never };
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => "no failure",
    (error: unknown) => error,
  );
}

test("json, forms and text are sent as what they are, with the client's own headers", async () => {
  const { server, http, get, post, never } = await start();
  expect((await get("/a?b=c")).read(Echo)).toEqual({
    query: { b: "c" },
    type: null,
    agent: "nightledger",
    body: "",
  });
  expect((await post("/a", { ä: 1 })).read(Echo)).toMatchObject({
    type: "application/json",
    body: '{"ä":1}',
  });
  const put = { method: "PUT", url: `${server.url}/a`, signal: never } as const;
  expect((await http.send({ ...put, form: { a: "1 2", b: "&" } })).read(Echo)).toMatchObject({
    type: "application/x-www-form-urlencoded",
    body: "a=1+2&b=%26",
  });
  const text = { ...put, body: "select 1", headers: { "content-type": "application/text" } };
  expect((await http.send(text)).read(Echo)).toMatchObject({
    type: "application/text",
    body: "select 1",
  });
  const fetched = await http.fetch(`${server.url}/a?x=1`, { method: "POST", body: "a=b" });
  expect([fetched.status, await fetched.json()]).toMatchObject([200, { body: "a=b" }]);
});

test("what surely was not sent is told apart from what may have happened", async () => {
  const { server, http, never } = await start();
  // Nobody listens there; no such host.
  for (const url of ["http://127.0.0.1:1/secret?token=abc", "http://no-such-host.invalid/"]) {
    const failure = await failureOf(http.send({ method: "POST", url, json: {}, signal: never }));
    expect(failure).toBeInstanceOf(ProviderUnavailable);
    expect(failure).toMatchObject({ code: "provider_not_reached" });
    expect(String(failure)).not.toContain("abc");
  }
  for (const [options, fault] of [
    [{}, { kind: "drop" }],
    [hasty, { kind: "delay", ms: 60_000 }],
  ] as const) {
    const troubled = await start(options);
    // Warm, so that the next request goes out on a connection that was kept open.
    await troubled.get("/a");
    troubled.server.fault({ fault, times: 2 });
    expect(await failureOf(troubled.get("/a"))).toBeInstanceOf(ProviderUnavailable);
    expect(await failureOf(troubled.post("/a", {}))).toBeInstanceOf(WriteUnconfirmed);
  }
  // A query by POST is no write.
  server.fault({ fault: { kind: "drop" } });
  const query = { method: "POST", url: `${server.url}/a`, isWrite: false, signal: never } as const;
  expect(await failureOf(http.send(query))).toBeInstanceOf(ProviderUnavailable);
  expect(server.requests().at(-1)).toMatchObject({ fault: "drop", isDone: false });
});

test("an aborted request ends with the signal's reason, a write that was under way in doubt", async () => {
  const { server, get, post } = await start();
  const reason = new Error("stop");
  expect(await failureOf(get("/a", AbortSignal.abort(reason)))).toBe(reason);
  expect(await failureOf(post("/a", {}, AbortSignal.abort(reason)))).toBe(reason);
  expect(server.requests()).toEqual([]);
  for (const [send, ended] of [
    [get, (failure: unknown) => expect(failure).toBe(reason)],
    [
      (path: string, signal: AbortSignal) => post(path, {}, signal),
      (failure: unknown) => expect(failure).toBeInstanceOf(WriteUnconfirmed),
    ],
  ] as const) {
    const abort = new AbortController();
    server.fault({ fault: { kind: "delay", ms: 60_000 } });
    const failure = failureOf(send("/a", abort.signal));
    const count = server.requests().length;
    while (server.requests().length === count) await new Promise(setImmediate);
    abort.abort(reason);
    ended(await failure);
  }
});

test("an answer that does not end, is too long, moved or nonsense is none", async () => {
  const { server, get, post } = await start({ bytesMax: 1_000 });
  server.fault({ fault: { kind: "status", status: 200, body: "x".repeat(2_000) }, times: 2 });
  expect(String(await failureOf(get("/a")))).toContain("longer than 1000 bytes");
  expect(await failureOf(post("/a", {}))).toBeInstanceOf(WriteUnconfirmed);

  const moved = await get("/moved");
  expect(failureOfStatus(moved, { waitMs: 1 })).toMatchObject({ code: "unexpected_redirect" });
  server.fault({ fault: { kind: "malformed" }, times: 2 });
  const nonsense = await get("/a");
  expect(() => nonsense.read(Echo)).toThrow(ProviderUnavailable);
  const written = await post("/a", {});
  expect(() => written.read(Echo)).toThrow(WriteUnconfirmed);
  expect(malformedAnswer(written, "no id")).toBeInstanceOf(WriteUnconfirmed);

  // Headers, and then silence.
  const silent = createServer((socket) => {
    socket.on("error", () => {});
    socket.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
  });
  await new Promise<void>((resolve) => {
    silent.listen(0, "127.0.0.1", resolve);
  });
  const address = silent.address();
  const { http, never } = await start(hasty);
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/`;
  expect(String(await failureOf(http.send({ method: "GET", url, signal: never })))).toContain(
    "the answer's body took more than 200 ms",
  );
  silent.close();
});

test("a status that means the same everywhere is mapped, with Retry-After in seconds or as a date", async () => {
  const { server, get, post } = await start();
  const waits: [string | null, number][] = [
    ["7", 7_000],
    [null, 30_000],
    ["soon", 30_000],
    ["99999999", 86_400_000],
    ["999999999999999999999", 86_400_000],
  ];
  for (const [retryAfter, afterMs] of waits) {
    server.fault({ fault: { kind: "rate-limit", retryAfter } });
    const failure = failureOfStatus(await get("/a"), { waitMs: 30_000 });
    expect(failure).toBeInstanceOf(RateLimited);
    expect(failure).toMatchObject({ retry: { afterMs } });
  }
  const retryAfter = new Date(Date.now() + 60_000).toUTCString();
  server.fault({ fault: { kind: "rate-limit", retryAfter } });
  const { retryAfterMs } = await get("/a");
  expect(retryAfterMs).toBeGreaterThan(50_000);
  expect(retryAfterMs).toBeLessThanOrEqual(60_000);
  server.fault({ fault: { kind: "status", status: 502 }, times: 2 });
  expect(failureOfStatus(await get("/a"), { waitMs: 1 })).toBeInstanceOf(ProviderUnavailable);
  expect(failureOfStatus(await post("/a", {}), { waitMs: 1 })).toBeInstanceOf(WriteUnconfirmed);
  server.fault({ fault: { kind: "status", status: 404 } });
  expect(failureOfStatus(await get("/a"), { waitMs: 1 })).toBeUndefined();
});
