import * as oauth from "oauth4webapi";
import { expect, test } from "vitest";
import { PASSWORD } from "../console/start-console.ts";
import { locationOf, REDIRECT, startOAuth, type App } from "./start-oauth.ts";

const EMAIL = "pat@user.test";

async function start() {
  const setup = await startOAuth();
  const { company, userId } = await setup.addPerson({ email: EMAIL, company: "Tidewater" });
  const person = await setup.ask("POST", "/api/auth/login", {
    body: { email: EMAIL, password: PASSWORD },
  });
  const browser = await setup.signedIn(EMAIL);
  /** Whether a token is one; any other answer is a fault. */
  const works = async (token: string) => {
    const { status, text } = await setup.ask("GET", "/api/clients", { token });
    expect([200, 401], text).toContain(status);
    return status === 200;
  };
  /** Trades a code, with what an attacker changes. */
  const trade = async (app: App, code: string, changes: Record<string, string | null> = {}) => {
    const form = {
      grant_type: "authorization_code",
      code,
      redirect_uri: REDIRECT,
      client_id: app.client.client_id,
      client_secret: app.secret,
      ...changes,
    };
    const given = Object.entries(form).flatMap(([name, value]): [string, string][] =>
      value === null ? [] : [[name, value]],
    );
    return await setup.post("/oauth/token", given);
  };
  const refresh = async (app: App, token: string, changes: Record<string, string> = {}) =>
    await setup.post("/oauth/token", {
      grant_type: "refresh_token",
      refresh_token: token,
      client_id: app.client.client_id,
      ...(app.secret === null ? {} : { client_secret: app.secret }),
      ...changes,
    });
  /** A code that nobody has traded yet. */
  const getCode = async (app: App, parameters: Record<string, string> = {}) => {
    const way = await setup.begin(app, parameters);
    const back = await setup.decide(browser, way);
    return { code: back.searchParams.get("code") ?? "", code_verifier: way.verifier };
  };
  const misuses = async () =>
    await setup.sql<{ title: string }[]>`
      select title from attention_items
      where kind = 'app.token-misused' and company_id = ${company.id} and resolved_at is null
    `;
  return {
    ...setup,
    browser,
    companyId: company.id,
    getCode,
    misuses,
    refresh,
    token: String(person.body.token),
    trade,
    userId,
    works,
  };
}

test("a code that comes again ends all that came of it, and the company is told", async () => {
  const { ask, browser, letIn, misuses, refresh, register, sql, token, trade, works } =
    await start();
  const app = await register();
  const tokens = await letIn(browser, app);
  expect(await works(tokens.access_token)).toBe(true);
  const replay = await trade(app, tokens.code, { code_verifier: tokens.verifier });
  expect([replay.status, replay.body.error]).toEqual([400, "invalid_grant"]);
  expect(await works(tokens.access_token)).toBe(false);
  expect((await refresh(app, tokens.refresh_token!)).body.error).toBe("invalid_grant");
  expect((await misuses()).map(({ title }) => title)).toEqual([
    "The app Ledger Lens lost the access that Pat gave it: the code that it was given came a second time",
  ]);
  const [ended] = await sql<{ subjectId: number }[]>`
    select subject_id from events where type = 'app-access.ended'
  `;
  const story = await ask(
    "GET",
    `/api/activity-log?subject_type=app-access&subject_id=${ended?.subjectId}`,
    { token },
  );
  expect(story.body.data.map((entry: { event: string }) => entry.event)).toEqual([
    "ended",
    "granted",
  ]);
  expect(story.body.data[0].properties.because).toBe("code_replayed");

  // Only once for all repetitions; and letting it in again is an answer to it.
  await trade(app, tokens.code, { code_verifier: tokens.verifier });
  expect(await sql`select from events where type = 'app-access.ended'`).toHaveLength(1);
  await letIn(browser, app);
  expect(await misuses()).toEqual([]);
});

test("a new password by mail ends what apps may for the person, whoever let them in, and for nobody else", async () => {
  const { browser, getCode, letIn, refresh, register, resetPassword, signedIn, ...more } =
    await start();
  const { companyId, sql, trade, userId, works } = more;
  const app = await register();
  const tokens = await letIn(browser, app);
  const untraded = await getCode(app);
  const others = await letIn(await signedIn("maker@app.test"), app);
  expect([await works(tokens.access_token), await works(others.access_token)]).toEqual([
    true,
    true,
  ]);
  const reset = await resetPassword({ email: EMAIL, userId });
  expect(reset.status).toBe(200);
  expect([await works(tokens.access_token), await works(others.access_token)]).toEqual([
    false,
    true,
  ]);
  expect((await refresh(app, tokens.refresh_token!)).body.error).toBe("invalid_grant");
  expect((await trade(app, untraded.code, untraded)).body.error).toBe("invalid_grant");
  const because = await sql`
    select company_id, causer_id, payload ->> 'because' as because from events
    where type = 'app-access.ended'
  `;
  const ended = { companyId, causerId: userId, because: "password_reset" };
  expect([...because]).toEqual([ended, ended]);
});

test("a refresh token that comes again ends its whole family, and no other", async () => {
  const { browser, letIn, misuses, refresh, register, works } = await start();
  const app = await register({ type: "public" });
  const [tokens, other] = [await letIn(browser, app), await letIn(browser, app)];
  const first = await refresh(app, tokens.refresh_token!);
  const second = await refresh(app, first.body.refresh_token);
  expect([first.status, second.status]).toEqual([200, 200]);
  expect(await works(second.body.access_token)).toBe(true);
  const stolen = await refresh(app, first.body.refresh_token);
  expect([stolen.status, stolen.body.error]).toEqual([400, "invalid_grant"]);
  for (const token of [tokens, first.body, second.body]) {
    expect(await works(token.access_token)).toBe(false);
  }
  expect((await refresh(app, second.body.refresh_token)).body.error).toBe("invalid_grant");
  expect(await misuses()).toHaveLength(1);
  expect(await works(other.access_token)).toBe(true);

  // Of two at once, one at most gets tokens: whoever comes second is taken for a thief.
  const race = await Promise.all([
    refresh(app, other.refresh_token!),
    refresh(app, other.refresh_token!),
  ]);
  expect(new Set(race.map(({ status }) => status))).toEqual(new Set([200, 400]));
});

test("a code is worth nothing to who cannot prove that they asked for it", async () => {
  const { clock, getCode, register, sql, trade } = await start();
  const [app, thief] = [await register(), await register({ name: "Thief" })];
  const errorOf = async (
    by: App,
    changes: Record<string, string | null>,
    { keep = false }: { keep?: boolean } = {},
  ) => {
    const { code, code_verifier } = await getCode(app);
    const reply = await trade(by, code, { code_verifier, ...changes });
    const again = await trade(app, code, { code_verifier });
    // What was tried in vain is spent, where it was the app's own secret that was shown.
    expect([changes, again.status]).toEqual([changes, keep ? 200 : 400]);
    return `${reply.status} ${reply.body.error}`;
  };
  const wrong = oauth.generateRandomCodeVerifier();
  expect(await errorOf(app, { code_verifier: wrong })).toBe("400 invalid_grant");
  expect(await errorOf(app, { code_verifier: null })).toBe("400 invalid_grant");
  expect(await errorOf(app, { redirect_uri: "https://app.test/other" })).toBe("400 invalid_grant");
  // Somebody else's client, or ours without its secret, does not even spend it.
  const kept = { keep: true };
  expect(await errorOf(thief, {}, kept)).toBe("400 invalid_grant");
  expect(await errorOf(app, { client_secret: null }, kept)).toBe("401 invalid_client");
  expect(await errorOf(app, { client_secret: thief.secret }, kept)).toBe("401 invalid_client");
  const unknown = { client_id: `${app.client.client_id}%00` };
  expect(await errorOf(app, unknown, kept)).toBe("401 invalid_client");
  expect(await errorOf(app, { resource: "https://other.test/api" }, kept)).toBe(
    "400 invalid_target",
  );
  expect(await errorOf(app, { grant_type: "password" }, kept)).toBe("400 unauthorized_client");
  expect(await errorOf(app, { grant_type: "magic" }, kept)).toBe("400 unsupported_grant_type");
  expect(await sql`select from oauth_tokens where kind = 'access'`).toHaveLength(7);
  const stranger = await trade(app, "x", { client_secret: "wrong" });
  expect(stranger.headers.get("www-authenticate")).toBe('Basic realm="nightledger"');

  // Who guesses too often is told so in OAuth's words.
  clock.advanceMs(3_600_000);
  const hour = new Date(Math.floor(clock.now().getTime() / 3_600_000) * 3_600_000);
  await sql`
    insert into rate_limit_windows (key, window_start, used)
    select key, ${hour}, 1000000 from rate_limit_windows where key like 'address %' limit 1
  `;
  const often = await trade(app, "x");
  expect([often.status, Number(often.headers.get("retry-after")) > 0, often.body]).toEqual([
    429,
    true,
    { error: "temporarily_unavailable", error_description: expect.stringContaining("an hour") },
  ]);
  expect(often.headers.get("access-control-expose-headers")).toBe("Retry-After");
});

test("what an app may not ask for is refused at its own address, with who says so", async () => {
  const { begin, browser, register, server, sql, url } = await start();
  const app = await register();
  const errorOf = async (parameters: Record<string, string | null>, more = "") => {
    const way = await begin(app, parameters);
    const sent = await browser.visit(`${way.url.pathname}${way.url.search}${more}`);
    const back = new URL(locationOf(sent));
    expect([back.origin, back.searchParams.get("iss")]).toEqual(["https://app.test", url]);
    expect(back.searchParams.get("code")).toBeNull();
    return back.searchParams.get("error");
  };
  const challenge = "x".repeat(43);
  expect(await errorOf({ code_challenge_method: "plain" })).toBe("invalid_request");
  expect(await errorOf({ code_challenge_method: null })).toBe("invalid_request");
  expect(await errorOf({ code_challenge: null, code_challenge_method: null })).toBe(
    "invalid_request",
  );
  expect(await errorOf({ code_challenge: `${challenge}x` })).toBe("invalid_request");
  expect(await errorOf({}, `&code_challenge=${challenge}`)).toBe("invalid_request");
  expect(await errorOf({ response_type: "token" })).toBe("unsupported_response_type");
  expect(await errorOf({ response_type: null })).toBe("invalid_request");
  expect(await errorOf({ response_mode: "fragment" })).toBe("invalid_request");
  expect(await errorOf({ request_uri: "https://app.test/r" })).toBe("request_uri_not_supported");
  expect(await errorOf({ prompt: "none" })).toBe("interaction_required");
  expect(await errorOf({ resource: "https://other.test/api" })).toBe("invalid_target");
  expect(await errorOf({ scope: null })).toBe("invalid_scope");
  expect(await errorOf({ scope: "clients:read openid" })).toBe("invalid_scope");
  expect(await errorOf({ scope: "settings:read" })).toBe("invalid_scope");
  expect(await errorOf({ scope: "clients:write" })).toBe("invalid_scope");
  expect(await errorOf({ state: "é" })).toBe("invalid_request");
  expect(await sql`select from api_tokens`).toHaveLength(0);

  // Mix-up: an answer of ours is not taken for another server's, nor another's for ours (RFC 9207).
  const way = await begin(app, { scope: "settings:read", resource: null });
  const sent = await browser.visit(`${way.url.pathname}${way.url.search}`);
  const back = new URL(locationOf(sent));
  const other = { ...server, issuer: "https://other.test" };
  expect(() => oauth.validateAuthResponse(other, app.client, back, way.state)).toThrow(/"iss"/);
  back.searchParams.delete("iss");
  expect(() => oauth.validateAuthResponse(server, app.client, back, way.state)).toThrow(/"iss"/);
});

test("what an app holds ends by the clock, and does not grow beyond what was allowed", async () => {
  const { browser, clock, getCode, letIn, refresh, register, sql, trade, works } = await start();
  const app = await register();
  const late = await getCode(app);
  clock.advanceMs(60_000);
  expect((await trade(app, late.code, late)).body.error).toBe("invalid_grant");

  const tokens = await letIn(browser, app);
  const more = await refresh(app, tokens.refresh_token!, { scope: "clients:read clients:write" });
  expect([more.status, more.body.error]).toEqual([400, "invalid_scope"]);
  // Which did not cost the app what it had.
  const less = await refresh(app, tokens.refresh_token!, { scope: "clients:read" });
  const again = await refresh(app, less.body.refresh_token);
  expect([less.body.scope, again.body.scope]).toEqual([
    "clients:read",
    "clients:read invoices:read",
  ]);
  clock.advanceMs(3_600_000);
  expect(await works(again.body.access_token)).toBe(false);
  let { refresh_token: current } = again.body;
  // Used every four weeks it lasts, but for a year and no longer.
  for (let month = 1; month <= 13; month += 1) {
    clock.advanceMs(28 * 86_400_000);
    const reply = await refresh(app, current);
    expect([month, reply.status]).toEqual([month, 200]);
    current = reply.body.refresh_token;
  }
  clock.advanceMs(2 * 86_400_000);
  expect((await refresh(app, current)).body.error).toBe("invalid_grant");
  expect(await sql`select from oauth_tokens where expires_at > ${clock.now()}`).toHaveLength(0);
});

test("a token is good for this API and for its own company, as long as person, app and plan are", async () => {
  const {
    ask,
    browser,
    clock,
    companyId,
    letIn,
    maker,
    post,
    refresh,
    register,
    sql,
    token,
    url,
    works,
  } = await start();
  const [app, other] = [await register(), await register({ name: "Other" })];
  const tokens = await letIn(browser, app);
  const basic = `Basic ${Buffer.from(`${other.client.client_id}:${other.secret}`).toString("base64")}`;
  for (const held of [tokens.access_token, tokens.refresh_token!]) {
    // Another app's word about it is heard and not heeded.
    const reply = await post("/oauth/revoke", { token: held }, { authorization: basic });
    expect(reply.status).toBe(200);
  }
  const nobody = await post("/oauth/revoke", { token: tokens.access_token });
  expect([nobody.status, nobody.body.error]).toEqual([401, "invalid_client"]);
  const bare = await post("/oauth/revoke", {}, { authorization: basic });
  expect([bare.status, bare.body.error]).toEqual([400, "invalid_request"]);
  const huge = await post("/oauth/token", { grant_type: "x".repeat(20_000) });
  expect([huge.status, huge.body.error]).toEqual([413, "invalid_request"]);
  const json = await ask("POST", "/oauth/token", { body: { grant_type: "refresh_token" } });
  expect([json.status, json.body.error]).toEqual([400, "invalid_request"]);
  const twice = await post("/oauth/token", [
    ["grant_type", "refresh_token"],
    ["refresh_token", tokens.refresh_token!],
    ["refresh_token", "x"],
  ]);
  expect(twice.body.error).toBe("invalid_request");
  for (const wrong of [tokens.refresh_token!, tokens.code, app.secret!]) {
    expect(await works(wrong)).toBe(false);
  }
  expect(await works(tokens.access_token)).toBe(true);

  const audience = async (text: string) => {
    await sql`update api_tokens set audience = ${text} where oauth_client_id = ${app.id}`;
    clock.advanceMs(2_000);
  };
  await audience("https://other.test/api");
  expect(await works(tokens.access_token)).toBe(false);
  expect((await refresh(app, tokens.refresh_token!)).body.error).toBe("invalid_grant");
  await audience(`${url}/api`);
  expect(await works(tokens.access_token)).toBe(true);

  // The app's own registration is a limit too, at once.
  const path = `/api/settings/oauth-clients/${app.id}`;
  const narrowed = await ask("PATCH", path, {
    token: maker.token,
    body: { scopes: ["invoices:read"] },
  });
  expect(narrowed.status).toBe(200);
  clock.advanceMs(2_000);
  const lacking = await ask("GET", "/api/clients", { token: tokens.access_token });
  expect(lacking.body.scope).toBe("clients:read");
  await ask("PATCH", path, { token: maker.token, body: { scopes: ["clients:read"] } });

  await sql`update companies set plan = 'free' where id = ${companyId}`;
  clock.advanceMs(2_000);
  const poor = await ask("GET", "/api/clients", { token: tokens.access_token });
  expect([poor.status, poor.body.upgrade_required]).toEqual([403, true]);
  await sql`update companies set plan = 'pro' where id = ${companyId}`;
  clock.advanceMs(2_000);

  // The person takes it back; nobody of another company can.
  const [shown] = (await ask("GET", "/api/settings/connected-apps", { token })).body.data;
  const access = `/api/settings/connected-apps/${shown.id}`;
  expect((await ask("DELETE", access, { token: maker.token })).status).toBe(404);
  expect((await ask("DELETE", access, { token: tokens.access_token })).status).toBe(403);
  expect(await works(tokens.access_token)).toBe(true);
  expect((await ask("DELETE", access, { token })).status).toBe(204);
  expect(await works(tokens.access_token)).toBe(false);
  expect((await refresh(app, tokens.refresh_token!)).body.error).toBe("invalid_grant");
  expect((await ask("DELETE", access, { token })).status).toBe(404);
  const api = await ask("GET", "/api/api-tokens", { token });
  expect(api.body.data).toEqual([]);

  // And an app that is deleted is out everywhere.
  const last = await letIn(browser, other, { parameters: { scope: "clients:read" } });
  expect(await works(last.access_token)).toBe(true);
  // So is one that nobody looks after any more.
  await sql`update companies set deleted_at = now() where id = ${maker.companyId}`;
  clock.advanceMs(2_000);
  expect(await works(last.access_token)).toBe(false);
  await sql`update companies set deleted_at = null where id = ${maker.companyId}`;
  clock.advanceMs(2_000);
  expect(await works(last.access_token)).toBe(true);
  const gone = `/api/settings/oauth-clients/${other.id}`;
  expect((await ask("DELETE", gone, { token })).status).toBe(404);
  expect((await ask("DELETE", gone, { token: maker.token })).status).toBe(204);
  clock.advanceMs(2_000);
  expect(await works(last.access_token)).toBe(false);
  expect((await refresh(other, last.refresh_token!)).body.error).toBe("invalid_client");
  const none = await ask("GET", "/api/settings/connected-apps", { token });
  expect(none.body.data).toEqual([]);
});
