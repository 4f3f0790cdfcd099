import * as oauth from "oauth4webapi";
import { insertPasswordReset, openPasswordReset } from "../../../src/db/password-resets.ts";
import { inTransaction } from "../../../src/db/transaction.ts";
import { createToken, hashToken } from "../../../src/platform/tokens.ts";
import { createAsk, type ApiSetup } from "../api/start-api.ts";
import {
  PASSWORD,
  startConsole,
  type Browser,
  type ConsoleSetup,
  type Page,
} from "../console/start-console.ts";

export const REDIRECT = "https://app.test/done?from=nightledger";

/** Plain HTTP, which the client library takes from nobody but a test. */
export const insecure = { [oauth.allowInsecureRequests]: true };

export interface App {
  id: number;
  client: oauth.Client;
  auth: oauth.ClientAuth;
  secret: string | null;
}

/** What the client keeps of a way it has sent somebody on. */
export interface Way {
  url: URL;
  verifier: string;
  state: string;
}

export interface OAuthSetup extends ConsoleSetup {
  ask: ApiSetup["ask"];
  /** Who made the app, and their company. */
  maker: { token: string; companyId: number; userId: number };
  server: oauth.AuthorizationServer;
  register: (fields?: Record<string, unknown>) => Promise<App>;
  begin: (app: App, parameters?: Record<string, string | null>) => Promise<Way>;
  /** A browser in which this person is signed in. */
  signedIn: (email: string) => Promise<Browser>;
  /** The person decides on the page; returns where the browser is sent. */
  decide: (browser: Browser, way: Way, fields?: Record<string, string>) => Promise<URL>;
  /** The whole way, up to the tokens. */
  letIn: (
    browser: Browser,
    app: App,
    options?: { parameters?: Record<string, string>; fields?: Record<string, string> },
  ) => Promise<oauth.TokenEndpointResponse & { code: string; verifier: string }>;
  /** Chooses a new password with the link of a mail that has been sent. */
  resetPassword: (person: { email: string; userId: number }) => ReturnType<ApiSetup["ask"]>;
  /** A request at the token endpoint, as anybody can make it. */
  post: (
    path: string,
    form: Record<string, string> | [string, string][],
    headers?: Record<string, string>,
  ) => ReturnType<ApiSetup["ask"]>;
}

/** An installation with a company that makes apps, and a client library that is not ours. */
export async function startOAuth(): Promise<OAuthSetup> {
  const base = await startConsole({}, { isTimeTheTests: true });
  const { url } = base;
  const ask = createAsk(url);
  const { company, userId } = await base.addPerson({ email: "maker@app.test", company: "Makers" });
  const signed = await ask("POST", "/api/auth/login", {
    body: { email: "maker@app.test", password: PASSWORD },
  });
  const maker = { token: String(signed.body.token), companyId: company.id, userId };
  const issuer = new URL(url);
  const found = await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...insecure });
  const server = await oauth.processDiscoveryResponse(issuer, found);

  const register: OAuthSetup["register"] = async (fields = {}) => {
    const reply = await ask("POST", "/api/settings/oauth-clients", {
      token: maker.token,
      body: {
        type: "confidential",
        name: "Ledger Lens",
        website: "https://app.test/about",
        redirect_uris: [REDIRECT],
        scopes: ["clients:read", "clients:write", "invoices:read"],
        ...fields,
      },
    });
    if (reply.status !== 201) throw new Error(reply.text);
    const { id, client_id, client_secret: secret } = reply.body.data;
    const auth = secret === null ? oauth.None() : oauth.ClientSecretBasic(secret);
    return { id, client: { client_id }, auth, secret };
  };

  const begin: OAuthSetup["begin"] = async (app, parameters = {}) => {
    const verifier = oauth.generateRandomCodeVerifier();
    const state = oauth.generateRandomState();
    const way = new URL(server.authorization_endpoint ?? "");
    const all = {
      client_id: app.client.client_id,
      response_type: "code",
      redirect_uri: REDIRECT,
      scope: "clients:read invoices:read",
      resource: `${url}/api`,
      state,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      ...parameters,
    };
    for (const [name, value] of Object.entries(all)) {
      if (value !== null) way.searchParams.set(name, value);
    }
    return { url: way, verifier, state };
  };

  const signedIn: OAuthSetup["signedIn"] = async (email) => {
    const browser = base.openBrowser();
    await browser.signIn({ email, password: PASSWORD });
    return browser;
  };

  const letIn: OAuthSetup["letIn"] = async (browser, app, { parameters = {}, fields } = {}) => {
    const way = await begin(app, parameters);
    const back = await decide(browser, way, fields);
    const answer = oauth.validateAuthResponse(server, app.client, back, way.state);
    const reply = await oauth.authorizationCodeGrantRequest(
      server,
      app.client,
      app.auth,
      answer,
      parameters["redirect_uri"] ?? REDIRECT,
      way.verifier,
      { additionalParameters: { resource: `${url}/api` }, ...insecure },
    );
    const tokens = await oauth.processAuthorizationCodeResponse(server, app.client, reply);
    return { ...tokens, code: back.searchParams.get("code") ?? "", verifier: way.verifier };
  };

  const resetPassword: OAuthSetup["resetPassword"] = async ({ email, userId: ofWhom }) => {
    const token = createToken("nlr");
    const now = base.clock.now();
    await inTransaction(base.sql, async (tx) => {
      const id = await insertPasswordReset(tx, { email, now });
      const expiresAt = new Date(now.getTime() + 3_600_000);
      const tokenHash = hashToken(token);
      await openPasswordReset(tx, { id, userId: ofWhom, tokenHash, expiresAt, now });
    });
    const body = { token, email, password: `${PASSWORD} anew` };
    return await ask("POST", "/api/auth/reset-password", { body });
  };

  const post: OAuthSetup["post"] = async (path, form, headers = {}) =>
    await ask("POST", path, {
      body: new URLSearchParams(form).toString(),
      headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
    });

  const ways = { begin, decide, letIn, post, register, resetPassword, signedIn };
  return { ...base, ask, maker, server, ...ways };
}

/** What a person does on the page; see `OAuthSetup`. */
async function decide(
  browser: Browser,
  way: Way,
  fields: Record<string, string> = {},
): Promise<URL> {
  const sent = await browser.visit(`${way.url.pathname}${way.url.search}`);
  const page = locationOf(sent);
  const { text } = await browser.visit(page);
  const chosen = /<option value="(\d+)" selected/.exec(text)?.[1] ?? "";
  const done = await browser.send(page, page, { company_id: chosen, decision: "allow", ...fields });
  return onwardOf(done);
}

/** Where a page goes on to by itself: no answer to a form, which browsers would follow only so far. */
export function onwardOf({ status, headers, text }: Page): URL {
  const [, url] = /http-equiv="refresh" content="0;url=([^"]+)"/.exec(text) ?? [];
  if (url === undefined || status !== 200 || headers.has("location")) {
    throw new Error(`no page that goes on: ${status} ${text}`);
  }
  return new URL(url.replaceAll("&amp;", "&"));
}

/** Where an answer sends the browser. */
export function locationOf({ status, headers, text }: Page): string {
  const location = headers.get("location");
  if (location === null) throw new Error(`no way on: ${status} ${text}`);
  return location;
}
