import { expect, test } from "vitest";
import { startProviderServer } from "../../../sandbox/server.ts";
import { connectOverApi, goToProvider } from "../../support/connect.ts";
import { openTestConnections } from "../../support/providers.ts";
import { createToy, toySandbox } from "../../support/toy-provider.ts";
import { startApi } from "../api/start-api.ts";

const CONNECT = "/api/v1/integrations/slack/connect";
const CALLBACK = "/api/v1/integrations/slack/callback";

async function start(options: { isReal?: boolean; hasState?: boolean } = {}) {
  const sandbox = await startProviderServer(toySandbox);
  const toy = createToy({ url: sandbox.url, ...options });
  const api = await startApi(
    { corsOrigins: ["https://app.example.test"] },
    { providers: openTestConnections(toy.oauth) },
  );
  api.defer(() => sandbox.close());
  api.defer(() => toy.http.close());
  return { ...api, sandbox, toy };
}

test("a person connects a company, sees it, and disconnects it", async () => {
  const { ask, signUp, sql, sandbox } = await start();
  const { token } = await signUp();
  const before = await ask("GET", "/api/v1/integrations", { token });
  expect(before.body.data).toMatchObject([
    { provider: "slack", is_available: true, connected: false, status: "not_connected" },
  ]);

  const { path, cookie, authorizeUrl } = await goToProvider(ask, { token, connectPath: CONNECT });
  expect(authorizeUrl.searchParams.get("code_challenge_method")).toBe("S256");
  const ended = await ask("GET", path, { headers: { cookie } });
  expect(ended.status).toBe(302);
  expect(ended.headers.get("location")).toMatch(/\/console\?connected=slack$/);
  // Wiped from the browser.
  expect(ended.headers.get("set-cookie")).toContain("Max-Age=0");

  const status = await ask("GET", "/api/v1/integrations/slack/status", { token });
  expect(status.body.data).toMatchObject({
    connected: true,
    status: "connected",
    account: { id: "toy-account", name: "Toy account" },
    scopes: ["notes"],
    held_runs: 0,
  });
  const [row] = await sql<{ credentials: string }[]>`select credentials from connections`;
  expect(row?.credentials).toMatch(/^v1\.test\./);
  expect(JSON.stringify(status.body)).not.toContain("toy-access");

  const gone = await ask("POST", "/api/v1/integrations/slack/disconnect", { token });
  expect(gone.body).toEqual({ data: { message: "Disconnected from Toy." } });
  expect(sandbox.requests().at(-1)).toMatchObject({ path: "/oauth/revoke", status: 200 });
  const [left] = await sql`select status, credentials, external_id from connections`;
  expect(left).toEqual({ status: "disabled", credentials: null, externalId: "toy-account" });
  const again = await ask("POST", "/api/v1/integrations/slack/disconnect", { token });
  expect(again).toMatchObject({ status: 409, body: { code: "not_connected" } });

  const { id } = status.body.data;
  const story = await ask("GET", `/api/v1/activity-log?subject_type=connection&subject_id=${id}`, {
    token,
  });
  expect(story.body.data).toMatchObject([
    { event: "disconnected", properties: { provider: "slack", revoked: true } },
    { event: "connected", properties: { provider: "slack", account: "toy-account" } },
  ]);
});

test("the way back is good once, for this browser, this session and ten minutes", async () => {
  const { ask, signUp, clock, sql } = await start();
  const { token } = await signUp();
  const go = () => goToProvider(ask, { token, connectPath: CONNECT });
  const back = (path: string, cookie: string) => ask("GET", path, { headers: { cookie } });

  const first = await go();
  const other = await go();
  // Another browser, a forged state, a state of another attempt, none at all.
  for (const [path, cookie, code] of [
    [first.path, "", "missing_code"],
    [first.path, other.cookie, "invalid_state"],
    [first.path.replace(/state=[^&]*/, "state=made-up.test.x"), first.cookie, "invalid_state"],
    [CALLBACK, first.cookie, "missing_code"],
    [`${CALLBACK}?code=1`, first.cookie, "missing_code"],
  ] as const) {
    expect(await back(path, cookie)).toMatchObject({ status: 400, body: { code } });
  }
  expect((await back(first.path, first.cookie)).status).toBe(302);
  expect(await back(first.path, first.cookie)).toMatchObject({
    status: 400,
    body: { code: "invalid_state" },
  });

  clock.advanceMs(11 * 60_000);
  expect((await back(other.path, other.cookie)).status).toBe(400);

  const late = await go();
  await sql`update sessions set revoked_at = ${clock.now()}`;
  expect((await back(late.path, late.cookie)).status).toBe(400);
});

test("who may connect what, and where the person is sent at last, is checked", async () => {
  const { ask, signUp, sandbox } = await start({ isReal: true });
  const { token } = await signUp();
  const made = await ask("POST", "/api/v1/api-tokens", {
    token,
    body: { name: "t", scopes: ["integrations:read", "integrations:write"] },
  });
  const apiToken = String(made.body.token ?? made.body.data.token);
  expect(await ask("GET", CONNECT, { token: apiToken })).toMatchObject({ status: 403 });
  expect((await ask("GET", "/api/v1/integrations", { token: apiToken })).status).toBe(200);
  expect((await ask("GET", "/api/v1/integrations/fax/connect", { token })).status).toBe(404);
  expect((await ask("GET", "/api/v1/integrations/quickbooks/status", { token })).status).toBe(404);

  const away = await ask("GET", `${CONNECT}?return_to=https://evil.example.test/`, { token });
  expect(away).toMatchObject({
    status: 422,
    body: { errors: { return_to: [expect.any(String)] } },
  });
  const connectPath = `${CONNECT}?return_to=https://app.example.test/settings?tab=1`;
  sandbox.oauth.denyNext();
  const denied = await connectOverApi(ask, { token, connectPath });
  expect(denied.href).toBe(
    "https://app.example.test/settings?tab=1&connect_error=access_denied&provider=slack",
  );
  // A page that goes there by itself is told where.
  const told = await ask("GET", `${CONNECT}?redirect=false`, {
    token,
    headers: { origin: "https://app.example.test" },
  });
  expect(told.status).toBe(200);
  expect(told.body.data.url).toContain(`${sandbox.url}/oauth/authorize?`);
  expect(told.headers.get("access-control-allow-credentials")).toBe("true");
  expect(told.headers.get("set-cookie")).toMatch(/; HttpOnly; SameSite=Lax$/);

  sandbox.fault({ match: { path: "/oauth/token" }, fault: { kind: "status", status: 500 } });
  const { path, cookie } = await goToProvider(ask, { token, connectPath: CONNECT });
  const refused = await ask("GET", path, { headers: { cookie } });
  expect(refused).toMatchObject({
    status: 502,
    body: { message: "Failed to exchange code for tokens." },
  });

  // A company with a test clock stays away from real books.
  await ask("POST", "/api/v1/test-clock", { token, body: { now: "2026-01-01T00:00:00Z" } });
  expect(await ask("GET", CONNECT, { token })).toMatchObject({
    status: 409,
    body: { code: "test_company" },
  });
});

test("a provider without state is finished by the signed cookie; a connected company gets no test clock", async () => {
  const { ask, signUp } = await start({ hasState: false });
  const { token } = await signUp();
  const { path, cookie, authorizeUrl } = await goToProvider(ask, { token, connectPath: CONNECT });
  expect(authorizeUrl.searchParams.has("state")).toBe(false);
  expect(await ask("GET", path)).toMatchObject({
    status: 400,
    body: { message: "Missing authorization code or session cookie. Please try connecting again." },
  });
  expect((await ask("GET", path, { headers: { cookie } })).status).toBe(302);
  const clock = await ask("POST", "/api/v1/test-clock", {
    token,
    body: { now: "2026-01-01T00:00:00Z" },
  });
  expect(clock).toMatchObject({ status: 409, body: { code: "company_in_use" } });
});
