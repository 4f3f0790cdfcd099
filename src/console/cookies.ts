import { createHmac } from "node:crypto";
import type { Request, Response } from "express";
import { readCookie as readCookieHeader } from "../platform/cookies.ts";
import { isSameSecret } from "../platform/tokens.ts";

/** Holds the session's token. Scripts cannot read it, and other sites' pages cannot have it sent. */
export const SESSION_COOKIE = "nightledger_session";
/** Ties the sign-in form to the browser it was shown in, before there is a session. */
export const FORM_COOKIE = "nightledger_form";

export function readCookie(request: Request, name: string): string | undefined {
  return readCookieHeader(request.get("cookie"), name);
}

/** Until the browser closes when `maxAgeMs` is left out. */
export function setCookie(
  request: Request,
  response: Response,
  { name, value, maxAgeMs }: { name: string; value: string; maxAgeMs?: number },
): void {
  response.cookie(name, value, {
    httpOnly: true,
    sameSite: "strict",
    // On one's own machine there is no TLS; behind a proxy that is believed, there is.
    secure: request.secure,
    path: "/console",
    ...(maxAgeMs === undefined ? {} : { maxAge: maxAgeMs }),
  });
}

export function clearCookie(response: Response, name: string): void {
  response.clearCookie(name, { path: "/console", httpOnly: true, sameSite: "strict" });
}

/** What a form has to send back, made of the secret in the cookie that goes with it. */
export function formTokenFor(secret: string): string {
  return createHmac("sha256", secret).update("nightledger console form").digest("base64url");
}

/**
 * Whether a form was sent from a page of ours. Browsers that say where a request comes from are
 * believed first; the token is for those that do not.
 */
export function isOurForm(request: Request, secret: string | undefined, given: unknown): boolean {
  const site = request.get("sec-fetch-site");
  if (site !== undefined && site !== "same-origin" && site !== "none") return false;
  return (
    secret !== undefined && typeof given === "string" && isSameSecret(given, formTokenFor(secret))
  );
}
