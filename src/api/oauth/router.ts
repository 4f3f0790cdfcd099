import express, { Router, type Request, type RequestHandler, type Response } from "express";
import { endAppAccess } from "../../actions/app-access.ts";
import type { Tx } from "../../db/client.ts";
import { findOAuthClient, type OAuthClientRow } from "../../db/oauth-clients.ts";
import { lockOAuthToken, markOAuthTokenUsed } from "../../db/oauth-tokens.ts";
import { inTransaction } from "../../db/transaction.ts";
import { hashToken } from "../../platform/tokens.ts";
import type { ApiServices } from "../context.ts";
import type { Authenticator } from "../middleware/authenticate.ts";
import type { RateLimits } from "../middleware/rate-limits.ts";
import { runMiddleware } from "../middleware/run-middleware.ts";
import { scopes } from "../scopes.ts";
import {
  checkAuthorizationRequest,
  isOurResource,
  repeatedNames,
  RESOURCE_METADATA_PATH,
  resourceOf,
} from "./authorization-request.ts";
import { CHALLENGE, decodeCredential, isAuthentic, issueTokens } from "./tokens.ts";

const FORM = "application/x-www-form-urlencoded";

/** An answer of a token or revocation request. */
interface Reply {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
}

/** What OAuth clients call, at the addresses that the metadata names. Its forms and answers are OAuth's own. */
export function createOAuth(
  services: ApiServices,
  { rateLimits, authenticator }: { rateLimits: RateLimits; authenticator: Authenticator },
): Router {
  const router = Router({ caseSensitive: true });
  const readText = express.text({ type: FORM, limit: "16kb" });

  const open = (
    path: string,
    method: "get" | "post",
    handle: (request: Request, response: Response) => Promise<void>,
  ): void => {
    router.all(path, allowEveryOrigin(method));
    router[method](path, async (request, response) => {
      response.locals["endpoint"] = path;
      response.set("Cache-Control", "no-store");
      await rateLimits.count(request, response, undefined);
      await handle(request, response);
    });
  };

  open("/.well-known/oauth-authorization-server", "get", async (_request, response) => {
    response.json(describeServer(services.publicUrl()));
  });
  open(RESOURCE_METADATA_PATH, "get", async (_request, response) => {
    response.json(describeResource(services.publicUrl()));
  });
  open("/oauth/authorize", "get", async (request, response) => {
    const [, query = ""] = /\?(.*)/.exec(request.originalUrl) ?? [];
    const issuer = services.publicUrl();
    const checked = await checkAuthorizationRequest(
      services.sql,
      new URLSearchParams(query),
      issuer,
    );
    // What cannot be answered to the app is told to the person, on the same page that asks them.
    const location = checked.kind === "refused" ? checked.location : `/console/authorize?${query}`;
    response.redirect(303, location);
  });
  for (const [path, answer] of [
    ["/oauth/token", answerTokens],
    ["/oauth/revoke", answerRevocation],
  ] as const) {
    open(path, "post", async (request, response) => {
      await runMiddleware(readText, request, response);
      const reply = await answer(services, request, String(response.locals["requestId"]));
      // A revocation ends what was good till now, and so does a code or token that came again.
      if (path === "/oauth/revoke" || reply.status !== 200) authenticator.forget();
      send(response, reply);
    });
  }
  return router;
}

/** Apps that run in a browser call from anywhere; no cookie lets anybody in here. */
function allowEveryOrigin(method: string): RequestHandler {
  return (request, response, next) => {
    response.set("Access-Control-Allow-Origin", "*");
    response.set("Access-Control-Expose-Headers", "Retry-After");
    if (request.method !== "OPTIONS") {
      next();
      return;
    }
    response.set("Access-Control-Allow-Methods", method.toUpperCase());
    response.set("Access-Control-Allow-Headers", "Authorization, Content-Type");
    response.set("Access-Control-Max-Age", "600");
    response.status(204).end();
  };
}

function send(response: Response, { status, headers = {}, body }: Reply): void {
  response.status(status).set(headers);
  if (body === undefined) response.end();
  else response.json(body);
}

async function answerTokens(
  services: ApiServices,
  request: Request,
  requestId: string,
): Promise<Reply> {
  const issuer = services.publicUrl();
  const form = readForm(request);
  if (!(form instanceof URLSearchParams)) return form;
  if (!isOurResource(form.getAll("resource"), issuer)) {
    return refuse("invalid_target", `resource must be ${resourceOf(issuer)}.`);
  }
  const headers = Object.fromEntries(
    ["authorization", "content-type", "content-length", "transfer-encoding"].flatMap((name) => {
      const value = request.get(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return await inTransaction(services.sql, async (tx) => {
    const working = { issuer, now: services.clock.now(), requestId };
    return await issueTokens(tx, { headers, form }, working);
  });
}

/** RFC 7009: what is unknown, or another app's, is answered like what is gone. */
async function answerRevocation(
  services: ApiServices,
  request: Request,
  requestId: string,
): Promise<Reply> {
  const form = readForm(request);
  if (!(form instanceof URLSearchParams)) return form;
  const value = form.get("token");
  if (value === null) return refuse("invalid_request", "token is missing.");
  return await inTransaction(services.sql, async (tx) => {
    const client = await authenticate(tx, request, form);
    if (client === undefined) {
      return {
        ...refuse("invalid_client", "The client is not known by this."),
        status: 401,
        headers: CHALLENGE,
      };
    }
    await revokeToken(tx, { client, value, requestId, now: services.clock.now() });
    return { status: 200 };
  });
}

/** A refresh token takes all with it that the person allowed; an access token only itself. */
async function revokeToken(
  tx: Tx,
  {
    client,
    value,
    requestId,
    now,
  }: {
    client: OAuthClientRow;
    value: string;
    requestId: string;
    now: Date;
  },
): Promise<void> {
  const tokenHash = hashToken(value);
  const row =
    (await lockOAuthToken(tx, { tokenHash, kind: "refresh" })) ??
    (await lockOAuthToken(tx, { tokenHash, kind: "access" }));
  if (row === undefined || row.clientId !== client.id) return;
  if (row.kind === "access") {
    await markOAuthTokenUsed(tx, { tokenHash, now });
    return;
  }
  const access = { companyId: row.companyId, id: row.accessId };
  await endAppAccess(tx, access, { because: "by_app", causerId: null, requestId, now });
}

/** The client that shows who it is, in the header or in the form. */
async function authenticate(
  tx: Tx,
  request: Request,
  form: URLSearchParams,
): Promise<OAuthClientRow | undefined> {
  const [, basic] = /^Basic +([\w+/=-]+)$/i.exec(request.get("Authorization") ?? "") ?? [];
  const [identifier = "", secret] =
    basic === undefined
      ? [form.get("client_id") ?? "", form.get("client_secret") ?? undefined]
      : Buffer.from(basic, "base64").toString("latin1").split(":", 2).map(decodeCredential);
  const client = await findOAuthClient(tx, identifier);
  return client !== undefined && isAuthentic(client, secret) ? client : undefined;
}

/** The form, or why it is none. */
function readForm(request: Request): URLSearchParams | Reply {
  const body: unknown = request.body;
  if (typeof body !== "string") return refuse("invalid_request", `Send a form (${FORM}).`);
  const form = new URLSearchParams(body);
  const [repeated] = repeatedNames(form);
  if (repeated !== undefined) return refuse("invalid_request", `${repeated} is given twice.`);
  return form;
}

function refuse(error: string, description: string): Reply {
  return { status: 400, body: { error, error_description: description } };
}

/** RFC 8414. */
function describeServer(issuer: string): Record<string, unknown> {
  const authMethods = ["client_secret_basic", "client_secret_post", "none"];
  return {
    issuer,
    authorization_endpoint: `${issuer}/oauth/authorize`,
    token_endpoint: `${issuer}/oauth/token`,
    revocation_endpoint: `${issuer}/oauth/revoke`,
    scopes_supported: scopes,
    response_types_supported: ["code"],
    response_modes_supported: ["query"],
    grant_types_supported: ["authorization_code", "refresh_token"],
    token_endpoint_auth_methods_supported: authMethods,
    revocation_endpoint_auth_methods_supported: authMethods,
    code_challenge_methods_supported: ["S256"],
    authorization_response_iss_parameter_supported: true,
    service_documentation: `${issuer}/docs`,
  };
}

/** RFC 9728. */
function describeResource(issuer: string): Record<string, unknown> {
  return {
    resource: resourceOf(issuer),
    authorization_servers: [issuer],
    scopes_supported: scopes,
    bearer_methods_supported: ["header"],
    resource_name: "Nightledger API",
    resource_documentation: `${issuer}/docs`,
  };
}
