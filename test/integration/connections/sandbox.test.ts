import { expect, onTestFinished, test } from "vitest";
import { createSandboxClock } from "../../../sandbox/clock.ts";
import { startProviderServer, type ServerOptions } from "../../../sandbox/server.ts";
import { toySandbox } from "../../support/toy-provider.ts";

const HOUR_MS = 3_600_000;

async function start(options: ServerOptions = {}) {
  const clock = createSandboxClock(new Date("2026-01-01T00:00:00Z"));
  const server = await startProviderServer(toySandbox, { clock, ...options });
  onTestFinished(() => server.close());
  const ask = async (method: string, path: string, body?: unknown, bearer = "") => {
    const response = await fetch(`${server.url}${path}`, {
      method,
      redirect: "manual",
      headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text };
  };
  const json = async (method: string, path: string, body?: unknown) =>
    JSON.parse((await ask(method, path, body)).text);
  const grant = () => {
    const request = {
      query: new URLSearchParams({ client_id: "sandbox-client", redirect_uri: "http://x/" }),
    };
    const page = server.oauth.approve(request as never);
    const code = new URL(page.headers?.["location"] ?? "").searchParams.get("code");
    const client = { clientId: "sandbox-client", clientSecret: "sandbox-secret" };
    const given = server.oauth.exchange({ ...client, code, redirectUri: "http://x/" });
    if ("error" in given) throw new Error(given.description);
    const refresh = (refreshToken: string | null) =>
      server.oauth.refresh({ ...client, refreshToken });
    return { ...given, refresh };
  };
  return { server, clock, ask, json, grant };
}

test("everything about a sandbox can be had and set over HTTP", async () => {
  const { ask, json } = await start({ seed: { clients: 2 } });
  const before = await json("GET", "/_sandbox/state");
  expect(before.notes).toHaveLength(2);
  await ask("POST", "/_sandbox/faults", {
    match: { method: "get", path: "/notes/" },
    fault: { kind: "status", status: 503, headers: { "x-why": "test" }, body: { no: 1 } },
    times: 2,
    skip: 1,
  });
  expect(await json("GET", "/_sandbox/faults")).toHaveLength(1);
  const statuses = [];
  for (let count = 0; count < 4; count += 1) statuses.push((await ask("GET", "/notes/a")).status);
  expect(statuses).toEqual([401, 503, 503, 401]);
  const requests = await json("GET", "/_sandbox/requests");
  expect(requests.map((request: { fault: string | null }) => request.fault)).toEqual([
    null,
    "status",
    "status",
    null,
  ]);
  expect((await ask("POST", "/_sandbox/faults", { kind: "none" })).status).toBe(400);
  expect(await json("POST", "/_sandbox/clock", { advance_ms: 1_000 })).toEqual({
    now: "2026-01-01T00:00:01.000Z",
  });
  expect(await json("POST", "/_sandbox/clock", { now: "2027-01-01T00:00:00Z" })).toEqual({
    now: "2027-01-01T00:00:00.000Z",
  });
  // The same seed gives the same books, another one others.
  await ask("POST", "/_sandbox/reset", { clients: 2 });
  expect(await json("GET", "/_sandbox/state")).toEqual(before);
  await ask("POST", "/_sandbox/reset", { clients: 2, seed: 2 });
  expect(await json("GET", "/_sandbox/state")).not.toEqual(before);
  expect(await json("GET", "/_sandbox/requests")).toEqual([]);
});

test("grants end, are used once or roll, as the provider has it", async () => {
  const once = await start();
  const { server, clock } = once;
  const first = once.grant();
  expect(server.oauth.judge(first.accessToken)).toBe("valid");
  clock.advanceMs(HOUR_MS);
  expect(server.oauth.judge(first.accessToken)).toBe("expired");
  expect(first.refresh(first.refreshToken)).toMatchObject({ refreshToken: expect.any(String) });
  expect(first.refresh(first.refreshToken)).toMatchObject({ error: "invalid_grant" });
  expect(server.oauth.revoke(first.accessToken)).toBe(true);
  expect(server.oauth.revoke(first.accessToken)).toBe(false);

  // As QuickBooks: the same token for a day, then a new one, and the old one for another day.
  const day = 24 * HOUR_MS;
  const rolling = await start({ oauth: { refresh: { rotatesAfterMs: day, graceMs: day } } });
  const grant = rolling.grant();
  expect(grant.refresh(grant.refreshToken)).toMatchObject({ refreshToken: grant.refreshToken });
  rolling.clock.advanceMs(day);
  const second = grant.refresh(grant.refreshToken);
  expect(second).not.toMatchObject({ refreshToken: grant.refreshToken });
  expect(grant.refresh(grant.refreshToken)).toMatchObject({ accessToken: expect.any(String) });
  rolling.clock.advanceMs(day);
  expect(grant.refresh(grant.refreshToken)).toMatchObject({ error: "invalid_grant" });
});

test("what does not fit a contract, and what breaks in a sandbox, is noted", async () => {
  const { server, ask, json } = await start({
    check: ({ request }) => (request.path === "/notes/odd" ? ["odd"] : []),
  });
  await ask("GET", "/notes/odd");
  await ask("GET", "/notes/even");
  expect(await json("GET", "/_sandbox/problems")).toEqual(["odd"]);
  expect((await ask("POST", "/notes", undefined, "nobody")).status).toBe(401);
  expect((await ask("GET", "/nowhere")).status).toBe(404);
  expect((await ask("GET", "/notes/%")).status).toBe(599);
  expect(server.problems()).toEqual(["odd", expect.stringContaining("/notes/%")]);
});
