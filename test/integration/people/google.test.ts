import { expect, test } from "vitest";
import { startGoogle, type TestGoogle } from "../../support/google.ts";
import { startApi, type ApiSetup } from "../api/start-api.ts";

const CALLBACK = "/api/v1/auth/google/callback";
const appUrl = "https://app.test";

interface Visit {
  status: number;
  /** Where the browser is sent. */
  location: URL;
  setCookie: string;
}

async function open(): Promise<ApiSetup & { google: TestGoogle }> {
  const google = await startGoogle();
  const api = await startApi({ appUrl }, google);
  api.defer(() => google.close());
  return { ...api, google };
}

/** As a browser does: one request, its cookie, and no redirect followed. */
async function visit(url: string, cookie = ""): Promise<Visit> {
  const response = await fetch(url, { redirect: "manual", headers: { cookie } });
  await response.arrayBuffer();
  return {
    status: response.status,
    location: new URL(response.headers.get("location") ?? "about:blank"),
    setCookie: response.headers.get("set-cookie") ?? "",
  };
}

/** To Google and back to us, but not further: our callback's address and the browser's cookie. */
async function goToGoogle(api: ApiSetup): Promise<{ callback: string; cookie: string }> {
  const away = await visit(`${api.url}/api/v1/auth/google`);
  const back = await visit(away.location.href);
  return {
    callback: back.location.href,
    cookie: away.setCookie.split(";")[0] ?? "",
  };
}

/** What the app is told in the fragment, which no server ever sees. */
async function comeByGoogle(api: ApiSetup): Promise<Record<string, string>> {
  const { callback, cookie } = await goToGoogle(api);
  return tellApp(await visit(callback, cookie));
}

function tellApp({ status, location }: Visit): Record<string, string> {
  expect([status, location.origin, location.pathname, location.search]).toEqual([
    302,
    appUrl,
    "/auth/callback",
    "",
  ]);
  return Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
}

test("a person whom nobody knows comes by Google, has an account, and comes back to it under a new address", async () => {
  const api = await open();
  const { google, ask, sql } = api;
  google.account = {
    sub: "4711",
    email: "Ada@Example.test",
    email_verified: true,
    name: "Ada Lovelace",
    picture: "https://pictures.test/ada.png",
  };
  const away = await visit(`${api.url}/api/v1/auth/google`);
  expect(away.setCookie).toMatch(
    /^nightledger_google=[\w-]+\.[\w-]+; Path=\/api\/v1\/auth\/google\/callback; Max-Age=600; HttpOnly; SameSite=Lax$/,
  );
  expect(Object.fromEntries(away.location.searchParams)).toMatchObject({
    redirect_uri: `${api.url}${CALLBACK}`,
    code_challenge_method: "S256",
  });

  const { token } = await comeByGoogle(api);
  const user = await ask("GET", "/api/auth/user", { token });
  expect(user.body.data).toMatchObject({
    name: "Ada Lovelace",
    email: "Ada@Example.test",
    avatar_url: "https://pictures.test/ada.png",
  });

  google.account = { sub: "4711", email: "ada@elsewhere.test", email_verified: false };
  const again = await comeByGoogle(api);
  expect((await ask("GET", "/api/auth/user", { token: again["token"] })).body).toEqual(user.body);
  expect(await sql`select provider, subject from user_identities`).toEqual([
    { provider: "google", subject: "4711" },
  ]);
  const log = api.logLines.join("\n");
  for (const secret of [token, again["token"], "google's own secret"]) {
    expect(log).not.toContain(secret);
  }
});

test("an account is linked by an address that Google verified, and whoever made it beforehand is out", async () => {
  const api = await open();
  const { google, ask, signUp, sql } = api;
  const squatter = await signUp();
  google.account = { sub: "1", email: squatter.email.toUpperCase(), email_verified: false };
  expect(await comeByGoogle(api)).toEqual({ error: "email_not_verified" });

  google.account = { ...google.account, email_verified: true };
  const { token } = await comeByGoogle(api);
  expect((await ask("GET", "/api/auth/user", { token })).body.data.id).toBe(squatter.userId);
  // Nobody had shown that the address is theirs: session and password of before end.
  expect((await ask("GET", "/api/auth/user", { token: squatter.token })).status).toBe(401);
  const body = { email: squatter.email, password: "correct horse battery" };
  expect((await ask("POST", "/api/auth/login", { body })).status).toBe(401);

  // Somebody else at Google who got the same address later is not the same person.
  google.account = { ...google.account, sub: "2" };
  expect(await comeByGoogle(api)).toEqual({ error: "linked_to_another" });
  expect((await ask("GET", "/api/auth/user", { token })).status).toBe(200);

  // Who had shown it keeps what they have.
  const proven = await signUp();
  await sql`update users set email_verified_at = now() where id = ${proven.userId}`;
  google.account = { sub: "3", email: proven.email, email_verified: true };
  expect(await comeByGoogle(api)).toHaveProperty("token");
  expect((await ask("GET", "/api/auth/user", { token: proven.token })).status).toBe(200);
});

test("an answer of Google's counts once, soon, and in the browser that asked", async () => {
  const api = await open();
  const mine = await goToGoogle(api);
  const mismatch = { error: "state_mismatch" };
  // Another browser, which an attacker sent to the attacker's own answer.
  expect(tellApp(await visit(mine.callback))).toEqual(mismatch);
  const other = await goToGoogle(api);
  expect(tellApp(await visit(mine.callback, other.cookie))).toEqual(mismatch);
  expect(tellApp(await visit(mine.callback, `${mine.cookie}x`))).toEqual(mismatch);
  const forged = Buffer.from('{"state":"s","nonce":"n","verifier":"v","until":9e15}').toString(
    "base64url",
  );
  const forgery = `nightledger_google=${forged}.${"A".repeat(43)}`;
  expect(tellApp(await visit(`${api.url}${CALLBACK}?code=c&state=s`, forgery))).toEqual(mismatch);

  const done = await visit(mine.callback, mine.cookie);
  expect(tellApp(done)).toHaveProperty("token");
  expect(done.setCookie).toMatch(/^nightledger_google=; Path=.*; Max-Age=0;/);
  expect(tellApp(await visit(mine.callback, mine.cookie))).toEqual({ error: "expired" });

  api.clock.advanceMs(600_000);
  expect(tellApp(await visit(other.callback, other.cookie))).toEqual(mismatch);
  api.google.fault = "denied";
  expect(await comeByGoogle(api)).toEqual({ error: "access_denied" });
});

test("an ID token that is not Google's word to us, now, about this request, lets nobody in", async () => {
  const api = await open();
  const { google, ask, sql } = api;
  const past = api.clock.now().getTime() / 1000 - 120;
  const wrong: Record<string, unknown>[] = [
    { iss: "https://evil.test" },
    { aud: "another client" },
    { azp: "another client" },
    { exp: past },
    { nonce: "another request" },
    { email_verified: "yes" },
    { email: undefined },
    { sub: "" },
  ];
  const comeBack = async () => {
    const { callback, cookie } = await goToGoogle(api);
    return await ask("GET", callback.slice(api.url.length), { headers: { cookie } });
  };
  for (const claims of wrong) {
    google.claim(claims);
    const reply = await comeBack();
    expect([claims, reply.status, reply.body?.code]).toEqual([claims, 502, "provider_rejected"]);
  }
  google.claim({});
  for (const [fault, code] of [
    ["foreign-key", "provider_rejected"],
    ["unsigned", "provider_rejected"],
    ["down", "write_unconfirmed"],
  ] as const) {
    google.fault = fault;
    const reply = await comeBack();
    expect([fault, reply.status, reply.body.code]).toEqual([fault, 502, code]);
  }
  expect(await sql`select id from users`).toEqual([]);
  expect(api.logLines.join("\n")).not.toContain("ada@example.test");
});

test("two answers at once about one new person make one account", async () => {
  const api = await open();
  const tabs = [await goToGoogle(api), await goToGoogle(api)];
  const told = await Promise.all(
    tabs.map(async ({ callback, cookie }) => tellApp(await visit(callback, cookie))),
  );
  expect(told).toEqual([{ token: expect.any(String) }, { token: expect.any(String) }]);
  expect(await api.sql`select email from users`).toHaveLength(1);
});

test("without a client at Google, and with Google away, the browser is told so", async () => {
  const { ask } = await startApi();
  for (const path of ["/api/auth/google", "/api/auth/google/callback?code=a&state=b"]) {
    const reply = await ask("GET", path);
    expect([reply.status, reply.body.code]).toEqual([503, "not_configured"]);
    expect(reply.headers.get("retry-after")).toBeNull();
  }
  const api = await open();
  await api.google.close();
  const reply = await api.ask("GET", "/api/auth/google");
  expect([reply.status, reply.body.code]).toEqual([502, "provider_not_reached"]);
});
