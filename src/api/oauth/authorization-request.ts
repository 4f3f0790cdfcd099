import type { Sql, Tx } from "../../db/client.ts";
import { findOAuthClient, type OAuthClientRow } from "../../db/oauth-clients.ts";
import { findHalfScope, scopes as knownScopes, type Scope } from "../scopes.ts";
import { isRegistered } from "./redirect-uris.ts";

/** What an app asks a person for. */
export interface AuthorizationRequest {
  client: OAuthClientRow;
  redirectUri: string;
  state: string | undefined;
  scopes: Scope[];
  codeChallenge: string;
}

/**
 * A request that people may be shown; one to be refused, to the app's own address; or one of which
 * nobody knows whose it is, so that the browser goes nowhere.
 */
export type CheckedRequest =
  | { kind: "good"; request: AuthorizationRequest }
  | { kind: "refused"; location: string }
  | { kind: "unknown"; problem: string };

/** Where clients learn who gives tokens for it (RFC 9728): named in every 401. */
export const RESOURCE_METADATA_PATH = "/.well-known/oauth-protected-resource/api";

/** The address that an access token is good for (RFC 8707). */
export function resourceOf(issuer: string): string {
  return `${issuer}/api`;
}

/** Whether all that was asked for is this API: its address, with or without the version. */
export function isOurResource(wanted: readonly string[], issuer: string): boolean {
  const own = [resourceOf(issuer), `${resourceOf(issuer)}/v1`];
  return wanted.every((resource) => own.includes(resource));
}

/** The names that are given more than once (RFC 6749, section 3.1); `resource` may be (RFC 8707). */
export function repeatedNames(form: URLSearchParams): string[] {
  const names = [...new Set(form.keys())].filter((name) => name !== "resource");
  return names.filter((name) => form.getAll(name).length > 1);
}

/** Checks what an app sent a browser to us with: the query of an authorization request. */
export async function checkAuthorizationRequest(
  sql: Sql | Tx,
  query: URLSearchParams,
  issuer: string,
): Promise<CheckedRequest> {
  const client = await findOAuthClient(sql, only(query, "client_id") ?? "");
  if (client === undefined) {
    return { kind: "unknown", problem: "No app of this name (client_id) is registered here." };
  }
  const redirectUri = only(query, "redirect_uri") ?? "";
  if (!isRegistered(redirectUri, client.redirectUris)) {
    const problem = `${client.name} is not registered with the address that it wants to be answered at (redirect_uri).`;
    return { kind: "unknown", problem };
  }
  const given = only(query, "state");
  const state = given !== undefined && /^[\x20-\x7e]{1,2000}$/.test(given) ? given : undefined;
  const refusal = refusalOf(query, { client, issuer });
  if (refusal !== undefined) {
    return { kind: "refused", location: answerAt({ redirectUri, state }, issuer, refusal) };
  }
  return {
    kind: "good",
    request: {
      client,
      redirectUri,
      state,
      scopes: scopesAskedFor(query),
      codeChallenge: only(query, "code_challenge") ?? "",
    },
  };
}

/** The address of the app with an answer in it, and who gives it (RFC 9207). */
export function answerAt(
  { redirectUri, state }: Pick<AuthorizationRequest, "redirectUri" | "state">,
  issuer: string,
  answer: Readonly<Record<string, string>>,
): string {
  const url = new URL(redirectUri);
  for (const [name, value] of Object.entries(answer)) url.searchParams.set(name, value);
  if (state !== undefined) url.searchParams.set("state", state);
  url.searchParams.set("iss", issuer);
  return url.href;
}

/** What is wrong with a request of a known app, in the words of RFC 6749 (section 4.1.2.1). */
function refusalOf(
  query: URLSearchParams,
  { client, issuer }: { client: OAuthClientRow; issuer: string },
): Record<string, string> | undefined {
  const [repeated] = repeatedNames(query);
  if (repeated !== undefined) return refuse("invalid_request", `${repeated} is given twice.`);
  for (const name of ["request", "request_uri"]) {
    if (query.has(name)) return refuse(`${name}_not_supported`, `${name} is not read here.`);
  }
  const type = query.get("response_type");
  if (type === null) return refuse("invalid_request", "response_type is missing.");
  if (type !== "code") return refuse("unsupported_response_type", "response_type must be code.");
  if ((query.get("response_mode") ?? "query") !== "query") {
    return refuse("invalid_request", "response_mode must be query.");
  }
  const state = query.get("state");
  if (state !== null && !/^[\x20-\x7e]{0,2000}$/.test(state)) {
    return refuse("invalid_request", "state must be at most 2000 ASCII characters.");
  }
  // Without a method, RFC 7636 takes it for plain, which proves nothing to who saw the request.
  if (query.get("code_challenge_method") !== "S256") {
    return refuse("invalid_request", "code_challenge_method must be S256.");
  }
  if (!/^[\w-]{43}$/.test(query.get("code_challenge") ?? "")) {
    return refuse("invalid_request", "code_challenge must be a SHA-256 in base64url.");
  }
  if (!isOurResource(query.getAll("resource"), issuer)) {
    return refuse("invalid_target", `resource must be ${resourceOf(issuer)}.`);
  }
  // We always ask the person, so there is no answer without one.
  if ((query.get("prompt") ?? "").split(" ").includes("none")) {
    return refuse("interaction_required", "A person has to be asked.");
  }
  return scopeRefusal(query, client);
}

function scopeRefusal(
  query: URLSearchParams,
  client: OAuthClientRow,
): Record<string, string> | undefined {
  const wanted = (query.get("scope") ?? "").split(" ").filter((name) => name !== "");
  if (wanted.length === 0) return refuse("invalid_scope", "scope must name what is asked for.");
  const known = scopesAskedFor(query);
  if (wanted.some((name) => !known.some((scope) => scope === name))) {
    return refuse("invalid_scope", "scope names one that there is not.");
  }
  const beyond = known.find((scope) => !client.scopes.includes(scope));
  if (beyond !== undefined) {
    return refuse("invalid_scope", `The app is not registered for the scope ${beyond}.`);
  }
  const half = findHalfScope(known);
  if (half !== undefined)
    return refuse("invalid_scope", `${half.scope} needs ${half.missing} too.`);
  return undefined;
}

/** In our order, each once; those that there are not are left out. */
function scopesAskedFor(query: URLSearchParams): Scope[] {
  const wanted = (query.get("scope") ?? "").split(" ");
  return knownScopes.filter((scope) => wanted.includes(scope));
}

function refuse(error: string, description: string): Record<string, string> {
  return { error, error_description: description };
}

/** A value that is given exactly once. */
function only(query: URLSearchParams, name: string): string | undefined {
  const [value, ...others] = query.getAll(name);
  return others.length === 0 ? value : undefined;
}
