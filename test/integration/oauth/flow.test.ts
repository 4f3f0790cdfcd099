import * as oauth from "oauth4webapi";
import { expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { PASSWORD } from "../console/start-console.ts";
import { insecure, locationOf, onwardOf, REDIRECT, startOAuth } from "./start-oauth.ts";

const EMAIL = "pat@user.test";

test("an independent client goes the whole way: discovery, consent, token, refresh, revocation", async () => {
  const setup = await startOAuth();
  const { addPerson, ask, maker, register, server, signedIn, sql, url } = setup;
  const { company, userId } = await addPerson({ email: EMAIL, company: "Tidewater" });
  const app = await register();
  expect(app.client.client_id).toMatch(/^app_[\w-]{22}$/);
  expect(app.secret).toMatch(/^nlk_[\w-]{43}$/);

  // As a client learns of it that knows the API's address and nothing else (RFC 9728, RFC 8414).
  const refused = await ask("GET", "/api/v1/clients");
  expect(refused.status).toBe(401);
  const named = /resource_metadata="([^"]+)"/.exec(refused.headers.get("www-authenticate") ?? "");
  const resource = new URL(`${url}/api`);
  expect(named?.[1]).toBe(`${url}/.well-known/oauth-protected-resource/api`);
  const described = await oauth.processResourceDiscoveryResponse(
    resource,
    await oauth.resourceDiscoveryRequest(resource, insecure),
  );
  expect(described.authorization_servers).toEqual([server.issuer]);
  expect(server).toMatchObject({
    issuer: url,
    code_challenge_methods_supported: ["S256"],
    authorization_response_iss_parameter_supported: true,
  });

  const browser = await signedIn(EMAIL);
  const tokens = await setup.letIn(browser, app);
  expect(tokens).toMatchObject({
    token_type: "bearer",
    expires_in: expect.closeTo(3_600, -1),
    scope: "clients:read invoices:read",
    access_token: expect.stringMatching(/^nlo_[\w-]{43}$/),
    refresh_token: expect.stringMatching(/^nlor_[\w-]{43}$/),
  });
  expect(tokens.code).toMatch(/^nlac_[\w-]{43}$/);
  const client = await ask("POST", "/api/clients", {
    token: maker.token,
    body: { name: "Theirs" },
  });
  const read = await ask("GET", "/api/clients", { token: tokens.access_token });
  expect([read.status, read.body.data]).toEqual([200, []]);
  for (const path of [`/api/clients/${client.body.data.id}`, `/api/companies/${maker.companyId}`]) {
    expect((await ask("GET", path, { token: tokens.access_token })).status).toBe(404);
  }
  const elsewhere = await ask("GET", "/api/clients", {
    token: tokens.access_token,
    headers: { "x-company-id": String(maker.companyId) },
  });
  expect(elsewhere.status).toBe(404);
  const write = await ask("POST", "/api/clients", {
    token: tokens.access_token,
    body: { name: "No" },
  });
  expect([write.status, write.body.scope]).toEqual([403, "clients:write"]);
  expect(write.headers.get("www-authenticate")).toContain(
    'error="insufficient_scope", scope="clients:write"',
  );
  const session = await ask("GET", "/api/api-tokens", { token: tokens.access_token });
  expect(session.body.code).toBe("session_required");

  const rotated = await oauth.processRefreshTokenResponse(
    server,
    app.client,
    await oauth.refreshTokenGrantRequest(server, app.client, app.auth, tokens.refresh_token!, {
      additionalParameters: { scope: "clients:read" },
      ...insecure,
    }),
  );
  expect(rotated.scope).toBe("clients:read");
  expect(rotated.refresh_token).not.toBe(tokens.refresh_token);
  const narrower = { token: rotated.access_token };
  expect((await ask("GET", "/api/invoices", narrower)).body.scope).toBe("invoices:read");
  expect((await ask("GET", "/api/clients", narrower)).status).toBe(200);

  // No secret is written down, and both sides can see who let what in.
  const [kept] = await sql<{ text: string }[]>`
    select concat(
      (select jsonb_agg(to_jsonb(t)) from oauth_tokens t), (select jsonb_agg(to_jsonb(c)) from oauth_clients c),
      (select jsonb_agg(to_jsonb(a)) from api_tokens a), (select jsonb_agg(to_jsonb(e)) from events e),
      (select jsonb_agg(to_jsonb(l)) from audit_log l)
    ) as text
  `;
  const secrets = [app.secret, tokens.code, tokens.access_token, tokens.refresh_token];
  for (const secret of secrets) expect(kept?.text).not.toContain(secret);
  expect(kept?.text).toContain("app-access.granted");
  const person = await ask("POST", "/api/auth/login", {
    body: { email: EMAIL, password: PASSWORD },
  });
  const list = await ask("GET", "/api/settings/connected-apps", { token: person.body.token });
  expect(list.body.data).toMatchObject([
    {
      app: { client_id: app.client.client_id, name: "Ledger Lens" },
      company_id: company.id,
      user_id: userId,
      scopes: ["clients:read", "invoices:read"],
    },
  ]);

  const revocation = await oauth.revocationRequest(
    server,
    app.client,
    app.auth,
    rotated.refresh_token!,
    insecure,
  );
  await oauth.processRevocationResponse(revocation);
  // They were used a moment ago, and are not remembered for it.
  for (const token of [tokens.access_token, rotated.access_token]) {
    const reply = await ask("GET", "/api/clients", { token });
    expect(reply.status).toBe(401);
    expect(reply.headers.get("www-authenticate")).toContain('error="invalid_token"');
  }
  const after = await ask("GET", "/api/settings/connected-apps", { token: person.body.token });
  expect(after.body.data).toEqual([]);
});

test("an app with a newer token is the same caller: its uses, its limits and its repetitions are one's", async () => {
  const { addPerson, ask, letIn, register, server, signedIn, sql } = await startOAuth();
  await addPerson({ email: EMAIL, company: "Tidewater" });
  const scope = "clients:read clients:write webhooks:read webhooks:write";
  const app = await register({ type: "public", scopes: scope.split(" ") });
  const tokens = await letIn(await signedIn(EMAIL), app, { parameters: { scope } });
  const client = { path: "/api/clients", body: { name: "Harbour Café" } };
  const webhook = {
    path: "/api/webhooks",
    body: { url: "https://hooks.app.test/in", event_types: ["webhook.disabled"] },
  };
  const make = async (token: string, { path, body }: typeof client | typeof webhook) =>
    await ask("POST", path, { token, body, headers: { "idempotency-key": path } });
  const first = await make(tokens.access_token, client);
  const secret = await make(tokens.access_token, webhook);
  expect([first.status, secret.status]).toEqual([201, 201]);
  const rotated = await oauth.processRefreshTokenResponse(
    server,
    app.client,
    await oauth.refreshTokenGrantRequest(
      server,
      app.client,
      app.auth,
      tokens.refresh_token!,
      insecure,
    ),
  );
  const again = await make(rotated.access_token, client);
  expect([again.status, again.headers.get("idempotent-replayed")]).toEqual([201, "true"]);
  const left = (reply: typeof first) => Number(reply.headers.get("x-ratelimit-remaining"));
  expect(left(first) - left(again)).toBe(2);
  // A secret is told again to none but the very token it was told to.
  const same = await make(tokens.access_token, webhook);
  expect(same.body).toEqual(secret.body);
  const other = await make(rotated.access_token, webhook);
  expect([other.status, other.headers.get("idempotent-replayed")]).toEqual([201, null]);

  const used = await eventually(async () => {
    const rows = await sql`select distinct api_token_id, company_id from api_usage`;
    const [access] =
      await sql`select id, company_id from api_tokens where last_used_at is not null`;
    return access !== undefined && { rows: [...rows], access };
  });
  expect(used.rows).toEqual([
    { apiTokenId: used.access["id"], companyId: used.access["companyId"] },
  ]);
});

test("a public client on a person's own machine is answered at whatever port it has", async () => {
  const { addPerson, ask, letIn, register, signedIn, begin, openBrowser } = await startOAuth();
  await addPerson({ email: EMAIL, company: "Tidewater" });
  const app = await register({
    type: "public",
    redirect_uris: ["http://127.0.0.1/back", "http://[::1]:4000/back", "com.example.lens:/back"],
  });
  expect(app.secret).toBeNull();
  const browser = await signedIn(EMAIL);
  for (const redirect_uri of [
    "http://127.0.0.1:51234/back",
    "http://[::1]:61000/back",
    "com.example.lens:/back",
  ]) {
    const tokens = await letIn(browser, app, { parameters: { redirect_uri } });
    expect((await ask("GET", "/api/clients", { token: tokens.access_token })).status).toBe(200);
  }
  // Its name is no word that a browser shows: people read that it is on their device, and the page that
  // opens it stays behind.
  const { url: sentTo } = await begin(app, { redirect_uri: "com.example.lens:/back" });
  const ownPage = `/console/authorize${sentTo.search}`;
  expect((await browser.visit(ownPage)).text).toContain(
    "the app <code>com.example.lens</code> on this device",
  );
  const opening = await browser.send(ownPage, ownPage, { decision: "deny" });
  expect(onwardOf(opening).protocol).toBe("com.example.lens:");
  expect(opening.text).toContain("You can close this page");
  const { url: sentToPort } = await begin(app, { redirect_uri: "http://[::1]:61000/back" });
  expect((await browser.visit(`/console/authorize${sentToPort.search}`)).text).toContain(
    "a program on this device (<code>[::1]:61000</code>)",
  );
  for (const redirect_uri of [
    "http://127.0.0.1:51234/elsewhere",
    "http://127.0.0.1:51234/back?x",
    "http://127.0.0.1.evil.test/back",
    "http://127.0.0.1:99999/back",
    "http://localhost:51234/back",
    "http://[::1]@evil.test/back",
    "com.example.lens:/back/",
  ]) {
    const way = await begin(app, { redirect_uri });
    const sent = await browser.visit(`${way.url.pathname}${way.url.search}`);
    const page = await openBrowser().visit(locationOf(sent));
    // Nobody is sent anywhere, nor asked to sign in for it.
    expect([redirect_uri, page.status]).toEqual([redirect_uri, 400]);
    expect(page.text).toContain("is not registered with the address");
  }
});

test("a person signs in on the way, chooses the company, and reads in words what is asked", async () => {
  const { addPerson, ask, begin, openBrowser, register, sql } = await startOAuth();
  const { company, userId } = await addPerson({ email: EMAIL, company: "Tidewater" });
  const app = await register();
  const second = await sql<{ id: number }[]>`
    insert into companies (name, plan, created_at, updated_at)
    values ('Saltmarsh', 'pro', now(), now()), ('Pauper', 'free', now(), now())
    returning id
  `;
  for (const { id } of second) {
    await sql`
      insert into company_members (company_id, user_id, role) values (${id}, ${userId}, 'viewer')
    `;
  }
  const browser = openBrowser();
  const state = "/inbox?tab=1";
  const way = await begin(app, { scope: "clients:read clients:write", state });
  // A query may hold more question marks as they are (RFC 3986, section 3.4).
  const sent = await browser.visit(`${way.url.pathname}${way.url.search.replaceAll("%3F", "?")}`);
  const page = locationOf(sent);
  expect(page).toContain("inbox?tab");
  // The browser comes from the app's site: our strict cookie comes along once a page of ours asks.
  const detour = await browser.visit(page, { headers: { "sec-fetch-site": "cross-site" } });
  expect(detour.text).toContain('http-equiv="refresh" content="0;url=/console/authorize?');
  const stranger = await browser.visit(page, { headers: { "sec-fetch-site": "same-origin" } });
  const signIn = locationOf(stranger);
  expect(signIn).toMatch(/^\/console\/sign-in\?next=%2Fconsole%2Fauthorize/);
  const signed = await browser.send(signIn, "/console/sign-in", {
    email: EMAIL,
    password: PASSWORD,
    next: page,
  });
  expect(locationOf(signed)).toBe(page);
  const asked = await browser.visit(page);
  expect(asked.status).toBe(200);
  for (const text of ["Ledger Lens", "Makers", "app.test", "Tidewater", "Saltmarsh", EMAIL]) {
    expect(asked.text).toContain(text);
  }
  expect(asked.text).toContain("See clients and their contacts");
  expect(asked.text).toContain("Add, change and delete clients and their contacts");
  expect(asked.text).not.toContain("Pauper");
  const policy = asked.headers.get("content-security-policy");
  expect(policy).toContain("form-action 'self';");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(asked.headers.get("cache-control")).toBe("no-store");

  const form = { decision: "allow", company_id: String(second[0]?.id) };
  const foreign = await browser.visit(page, {
    method: "POST",
    body: new URLSearchParams({ ...form, form_token: "x".repeat(43) }),
  });
  const { text } = await browser.visit(page);
  const form_token = /name="form_token" value="([^"]+)"/.exec(text)?.[1] ?? "";
  const framed = await browser.visit(page, {
    method: "POST",
    headers: { "sec-fetch-site": "cross-site" },
    body: new URLSearchParams({ ...form, form_token }),
  });
  expect([foreign.status, framed.status]).toEqual([403, 403]);
  const theirs = await browser.send(page, page, { ...form, company_id: "999" });
  const pauper = await browser.send(page, page, { ...form, company_id: String(second[1]?.id) });
  const nowhere = await browser.send(page, page, { ...form, company_id: "x" });
  expect([theirs.status, pauper.status, nowhere.status]).toEqual([404, 403, 400]);
  expect(await sql`select from api_tokens`).toHaveLength(0);

  // A session that ended while the page stood open: the way in, and back to what the app asked for.
  const session = browser.cookies.get("nightledger_session") ?? "";
  for (const gone of ["", `nls_${"x".repeat(43)}`]) {
    browser.cookies.set("nightledger_session", gone);
    const body = new URLSearchParams({ ...form, form_token });
    const late = await browser.visit(page, { method: "POST", body });
    expect([late.status, locationOf(late)]).toEqual([303, signIn]);
  }
  browser.cookies.set("nightledger_session", session);
  expect(await sql`select from api_tokens`).toHaveLength(0);

  const denied = onwardOf(await browser.send(page, page, { decision: "deny" }));
  expect(Object.fromEntries(denied.searchParams)).toMatchObject({
    error: "access_denied",
    state,
    from: "nightledger",
  });
  const allowed = await browser.send(page, page, form);
  // The code is on this page: nobody keeps it, and no other site is told of the page.
  expect(Object.fromEntries(allowed.headers)).toMatchObject({
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
  });
  const back = onwardOf(allowed);
  expect(back.href.startsWith(REDIRECT)).toBe(true);
  expect(back.searchParams.get("state")).toBe(state);
  const [access] = await sql`select company_id, scopes from api_tokens`;
  expect(access).toEqual({
    companyId: second[0]?.id,
    scopes: ["clients:read", "clients:write"],
  });
  expect(access?.["companyId"]).not.toBe(company.id);
  // A viewer's app may no more than a viewer.
  const tokens = await ask("POST", "/oauth/token", {
    body: new URLSearchParams({
      grant_type: "authorization_code",
      code: back.searchParams.get("code") ?? "",
      redirect_uri: REDIRECT,
      code_verifier: way.verifier,
      client_id: app.client.client_id,
      client_secret: app.secret ?? "",
    }).toString(),
    headers: { "content-type": "application/x-www-form-urlencoded", origin: "https://spa.test" },
  });
  expect(tokens.headers.get("access-control-allow-origin")).toBe("*");
  expect(tokens.headers.get("cache-control")).toBe("no-store");
  const made = await ask("POST", "/api/clients", {
    token: tokens.body.access_token,
    body: { name: "A" },
  });
  expect([made.status, made.body.code]).toEqual([403, "role_required"]);
});

test("who signs out on the page, or decides on one that is too old, comes back to what the app asked for", async () => {
  const { addPerson, begin, register, signedIn, sql } = await startOAuth();
  await addPerson({ email: EMAIL, company: "Tidewater" });
  await addPerson({ email: "kim@user.test", company: "Saltmarsh" });
  const way = await begin(await register(), { state: "a&b=c" });
  const browser = await signedIn(EMAIL);
  const page = locationOf(await browser.visit(`${way.url.pathname}${way.url.search}`));
  const decided = async (text: string, decision: string) => {
    const [, action] = /<form method="post" action="([^"]+authorize[^"]+)"/.exec(text) ?? [];
    const [, company_id = ""] = /<option value="(\d+)" selected/.exec(text) ?? [];
    const [, form_token = ""] = /name="form_token" value="([^"]+)"/.exec(text) ?? [];
    const body = new URLSearchParams({ form_token, decision, company_id });
    const to = String(action?.replaceAll("&amp;", "&"));
    return await browser.visit(to, { method: "POST", body });
  };
  const signedOut = async (text: string) => {
    const [, form = ""] = /action="\/console\/sign-out">([^]*?)<\/form>/.exec(text) ?? [];
    const hidden = [...form.matchAll(/name="([^"]+)" value="([^"]+)"/g)];
    const body = new URLSearchParams();
    for (const [, name = "", value = ""] of hidden) body.set(name, value.replaceAll("&amp;", "&"));
    return await browser.visit("/console/sign-out", { method: "POST", body });
  };
  const { text: first } = await browser.visit(page);
  const out = await signedOut(first);
  const signIn = locationOf(out);
  expect([out.status, signIn]).toEqual([303, `/console/sign-in?next=${encodeURIComponent(page)}`]);
  // So does who was signed out already, in another window.
  expect(locationOf(await signedOut(first))).toBe(signIn);

  // Somebody else signs in, and the page of before still stands open.
  const asOther = { email: "kim@user.test", password: PASSWORD, next: page };
  expect(locationOf(await browser.send(signIn, "/console/sign-in", asOther))).toBe(page);
  const tooLate = [
    await signedOut(first),
    await decided(first, "allow"),
    await decided(first, "deny"),
  ];
  for (const late of tooLate) {
    const [, back] = /<a href="([^"]+)">Back/.exec(late.text) ?? [];
    expect([late.status, back?.replaceAll("&amp;", "&")]).toEqual([403, page]);
  }
  expect(await sql`select from api_tokens`).toHaveLength(0);
  const { text: second } = await browser.visit(page);
  expect(second).toContain("Saltmarsh");
  const { searchParams } = onwardOf(await decided(second, "allow"));
  expect([searchParams.get("state"), searchParams.has("code")]).toEqual(["a&b=c", true]);
});
