import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from "jose";
import type { Providers } from "../../src/connectors/contract.ts";
import { createTestClock } from "./clock.ts";
import { openTestProviders } from "./providers.ts";

const CLIENT = { clientId: "nightledger.test", clientSecret: "google's own secret" };

export interface GoogleAccount {
  sub: string;
  email: string;
  email_verified: boolean;
  name?: string;
  picture?: string;
}

export interface TestGoogle {
  /** The issuer, e.g. `http://127.0.0.1:4711`. */
  url: string;
  /** The product's own way there. */
  providers: Providers;
  /** Who is signed in at Google, in this browser. */
  account: GoogleAccount;
  /** Changes the claims of coming ID tokens. */
  claim: (claims: Record<string, unknown>) => void;
  /** What goes wrong from now on; undefined for nothing. */
  fault: GoogleFault | undefined;
  close: () => Promise<void>;
}

/**
 * - `denied`: the person says no.
 * - `down`: the token endpoint answers 503.
 * - `foreign-key`: ID tokens are signed by somebody else.
 * - `unsigned`: ID tokens have the algorithm `none`.
 */
export type GoogleFault = "denied" | "down" | "foreign-key" | "unsigned";

interface Grant {
  account: GoogleAccount;
  challenge: string;
  nonce: string;
  redirectUri: string;
}

/**
 * Google's sign-in on a free port of this machine: discovery, consent without a page, tokens for a
 * code that is used once and only with its verifier, and keys. What it would refuse, it refuses.
 */
export async function startGoogle(): Promise<TestGoogle> {
  // Where the clocks of tests begin.
  const clock = createTestClock();
  const [own, foreign] = await Promise.all([generateKeyPair("RS256"), generateKeyPair("RS256")]);
  const jwk = { ...(await exportJWK(own.publicKey)), kid: "own", alg: "RS256", use: "sig" };
  const grants = new Map<string, Grant>();
  let extra: Record<string, unknown> = {};

  const server = createServer((request, response) => {
    void answer(request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const url = `http://127.0.0.1:${address.port}`;
  const providers = openTestProviders({ google: { ...CLIENT, url } });
  const google: TestGoogle = {
    url,
    providers,
    account: { sub: "1", email: "ada@example.test", email_verified: true, name: "Ada" },
    claim: (claims) => {
      extra = claims;
    },
    fault: undefined,
    close: async () => {
      providers.closeProviders();
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
  return google;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", url);
    switch (pathname) {
      case "/.well-known/openid-configuration":
        sendJson(response, 200, {
          issuer: google.url,
          authorization_endpoint: `${google.url}/o/oauth2/v2/auth`,
          token_endpoint: `${google.url}/token`,
          jwks_uri: `${google.url}/certs`,
        });
        return;
      case "/o/oauth2/v2/auth":
        consent(searchParams, response);
        return;
      case "/token":
        await exchange(new URLSearchParams(await readText(request)), response);
        return;
      case "/certs":
        sendJson(response, 200, { keys: [jwk] });
        return;
      default:
        sendJson(response, 404, {});
    }
  }

  function consent(query: URLSearchParams, response: ServerResponse): void {
    const get = (name: string) => query.get(name) ?? "";
    const isComplete =
      get("client_id") === CLIENT.clientId &&
      get("response_type") === "code" &&
      get("scope").split(" ").includes("openid") &&
      get("code_challenge_method") === "S256" &&
      ["code_challenge", "state", "nonce", "redirect_uri"].every((name) => get(name) !== "");
    if (!isComplete) {
      sendJson(response, 400, { error: "invalid_request" });
      return;
    }
    const back = new URL(get("redirect_uri"));
    back.searchParams.set("state", get("state"));
    if (google.fault === "denied") {
      back.searchParams.set("error", "access_denied");
    } else {
      const code = randomUUID();
      grants.set(code, {
        account: google.account,
        challenge: get("code_challenge"),
        nonce: get("nonce"),
        redirectUri: get("redirect_uri"),
      });
      back.searchParams.set("code", code);
      back.searchParams.set("authuser", "0");
    }
    response.writeHead(302, { Location: back.href }).end();
  }

  async function exchange(form: URLSearchParams, response: ServerResponse): Promise<void> {
    if (google.fault === "down") {
      sendJson(response, 503, {});
      return;
    }
    const { clientId, clientSecret } = CLIENT;
    if (form.get("client_id") !== clientId || form.get("client_secret") !== clientSecret) {
      sendJson(response, 401, { error: "invalid_client" });
      return;
    }
    const code = form.get("code") ?? "";
    const grant = grants.get(code);
    grants.delete(code);
    const challenge = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    if (grant?.challenge !== challenge || grant.redirectUri !== form.get("redirect_uri")) {
      sendJson(response, 400, { error: "invalid_grant" });
      return;
    }
    sendJson(response, 200, {
      access_token: "unused",
      id_token: await makeIdToken(grant),
      token_type: "Bearer",
    });
  }

  async function makeIdToken({ account, nonce }: Grant): Promise<string> {
    const now = Math.floor(clock.now().getTime() / 1000);
    const claims: JWTPayload = {
      iss: google.url,
      aud: CLIENT.clientId,
      azp: CLIENT.clientId,
      iat: now,
      exp: now + 3_600,
      nonce,
      ...account,
      ...extra,
    };
    if (google.fault === "unsigned") {
      return `${encode({ alg: "none" })}.${encode(claims)}.`;
    }
    const key = google.fault === "foreign-key" ? foreign.privateKey : own.privateKey;
    return await new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "own" }).sign(key);
  }
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString();
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}
