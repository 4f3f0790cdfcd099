import { expect, test } from "vitest";
import { googleCalendarSandbox } from "../../../sandbox/google-calendar/google-calendar.ts";
import { startProviderServer, type SandboxServer } from "../../../sandbox/server.ts";
import { insertAppAccess } from "../../../src/db/app-access.ts";
import { openTestProviders } from "../../support/providers.ts";
import { startApi, type ApiSetup } from "../api/start-api.ts";

const CALLBACK = "/api/v1/auth/google/callback";
const appUrl = "https://app.test";

interface Visit {
  status: number;
  /** Where the browser is sent. */
  location: URL;
  setCookie: string;
}

/** Somebody at Google, as ID tokens tell of them. */
interface Account {
  sub: string;
  email: string;
  email_verified: boolean;
  name?: string;
  picture?: string;
}

interface Google {
  sandbox: SandboxServer;
  /** Who is signed in at Google, in the browser. */
  account: (account: Account) => Promise<void>;
  /** What is wrong with ID tokens from now on; nothing, unless said. */
  spoil: (how: { claims?: object; signature?: "foreign" | "none" }) => Promise<void>;
}

/** The product beside the sandbox that its settings name. */
async function open(): Promise<ApiSetup & { google: Google }> {
  const sandbox = await startProviderServer(googleCalendarSandbox);
  const { id: clientId, secret: clientSecret } = sandbox.oauth.client;
  const providers = openTestProviders({ google: { clientId, clientSecret, url: sandbox.url } });
  const api = await startApi({ appUrl }, { providers });
  api.defer(() => sandbox.close());
  api.defer(() => providers.closeProviders());
  sandbox.clock.set(api.clock.now());
  const dashboard = async (path: string, body: object) => {
    const answer = await fetch(`${sandbox.url}/dashboard/${path}`, {
      method: "POST",
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(200);
    await answer.arrayBuffer();
  };
  const google: Google = {
    sandbox,
    account: (account) => dashboard("account", account),
    spoil: (how) => dashboard("id-tokens", how),
  };
  await google.account({ sub: "1", email: "ada@example.test", email_verified: true, name: "Ada" });
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
  await google.account({
    sub: "4711",
    email: "Ada@Example.test",
    email_verified: true,
    name: "Ada Lovelace",
    picture: "https://pictures.test/ada.png",
  });
  const away = await visit(`${api.url}/api/v1/auth/google`);
  expect(away.setCookie).toMatch(
    /^nightledger_google=[\w-]+\.[\w-]+; Path=\/api\/v1\/auth\/google\/callback; Max-Age=600; HttpOnly; SameSite=Lax$/,
  );
  expect(Object.fromEntries(away.location.searchParams)).toMatchObject({
    redirect_uri: `${api.url}${CALLBACK}`,
    scope: "openid email profile",
    code_challenge_method: "S256",
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    state: expect.stringMatching(/^[\w-]{43}$/),
    nonce: expect.stringMatching(/^[\w-]{43}$/),
  });

  const { token } = await comeByGoogle(api);
  const user = await ask("GET", "/api/auth/user", { token });
  expect(user.body.data).toMatchObject({
    name: "Ada Lovelace",
    email: "Ada@Example.test",
    avatar_url: "https://pictures.test/ada.png",
  });

  await google.account({ sub: "4711", email: "ada@elsewhere.test", email_verified: false });
  const again = await comeByGoogle(api);
  expect((await ask("GET", "/api/auth/user", { token: again["token"] })).body).toEqual(user.body);
  expect(await sql`select provider, subject from user_identities`).toEqual([
    { provider: "google", subject: "4711" },
  ]);
  const log = api.logLines.join("\n");
  for (const secret of [token, again["token"], google.sandbox.oauth.client.secret]) {
    expect(log).not.toContain(secret);
  }
});

test("an account is linked by an address that Google verified, and whoever made it beforehand is out", async () => {
  const api = await open();
  const { google, ask, signUp, sql } = api;
  const squatter = await signUp();
  const app = await ask("POST", "/api/settings/oauth-clients", {
    token: squatter.token,
    body: {
      type: "public",
      name: "Lens",
      redirect_uris: ["https://app.test/done"],
      scopes: ["clients:read"],
    },
  });
  await sql.begin((tx) =>
    insertAppAccess(tx, {
      companyId: squatter.companyId,
      userId: squatter.userId,
      clientId: app.body.data.id,
      name: "Lens",
      scopes: ["clients:read"],
      audience: `${api.url}/api`,
      now: api.clock.now(),
      expiresAt: new Date("2099-01-01"),
    }),
  );
  const account = { sub: "1", email: squatter.email.toUpperCase(), email_verified: true };
  await google.account({ ...account, email_verified: false });
  expect(await comeByGoogle(api)).toEqual({ error: "email_not_verified" });

  await google.account(account);
  const { token } = await comeByGoogle(api);
  expect((await ask("GET", "/api/auth/user", { token })).body.data.id).toBe(squatter.userId);
  // Nobody had shown that the address is theirs: session and password of before end.
  expect((await ask("GET", "/api/auth/user", { token: squatter.token })).status).toBe(401);
  expect((await ask("GET", "/api/settings/connected-apps", { token })).body.data).toEqual([]);
  expect(
    await sql`select payload ->> 'because' as because from events where type like 'app-%.ended'`,
  ).toEqual([{ because: "linked_google" }]);
  const body = { email: squatter.email, password: "correct horse battery" };
  expect((await ask("POST", "/api/auth/login", { body })).status).toBe(401);

  // Somebody else at Google who got the same address later is not the same person.
  await google.account({ ...account, sub: "2" });
  expect(await comeByGoogle(api)).toEqual({ error: "linked_to_another" });
  expect((await ask("GET", "/api/auth/user", { token })).status).toBe(200);

  // Who had shown it keeps what they have.
  const proven = await signUp();
  await sql`update users set email_verified_at = now() where id = ${proven.userId}`;
  await google.account({ sub: "3", email: proven.email, email_verified: true });
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
  api.google.sandbox.oauth.denyNext();
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
    { email: null },
    { sub: "" },
  ];
  const comeBack = async () => {
    const { callback, cookie } = await goToGoogle(api);
    return await ask("GET", callback.slice(api.url.length), { headers: { cookie } });
  };
  for (const claims of wrong) {
    await google.spoil({ claims });
    const reply = await comeBack();
    expect([claims, reply.status, reply.body?.code]).toEqual([claims, 502, "provider_rejected"]);
  }
  const { sandbox } = google;
  const spoiled: [() => unknown, string][] = [
    [() => google.spoil({ signature: "foreign" }), "provider_rejected"],
    [() => google.spoil({ signature: "none" }), "provider_rejected"],
    [
      () => sandbox.fault({ match: { path: "/token" }, fault: { kind: "status", status: 503 } }),
      "write_unconfirmed",
    ],
  ];
  for (const [spoil, code] of spoiled) {
    await spoil();
    const reply = await comeBack();
    expect([reply.status, reply.body?.code]).toEqual([502, code]);
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
  await api.google.sandbox.close();
  const reply = await api.ask("GET", "/api/auth/google");
  expect([reply.status, reply.body.code]).toEqual([502, "provider_not_reached"]);
});
