import type { GoogleSignIn } from "../connectors/contract.ts";
import { laxCookie } from "../platform/cookies.ts";
import type { ApiServices } from "./context.ts";
import { NotConfigured } from "./failures.ts";

/** Ties Google's answer to the browser that asked. */
export const GOOGLE_COOKIE = "nightledger_google";

export interface GoogleAccess {
  signIn: GoogleSignIn;
  /** Where Google sends the browser back to. */
  redirectUri: string;
  /** Where we send it then, without a slash at the end. */
  appUrl: string;
}

/** What signing in with Google takes. Throws NotConfigured where it is not set up. */
export function getGoogle({ connectors, settings, publicUrl }: ApiServices): GoogleAccess {
  const { googleSignIn: signIn } = connectors;
  const { appUrl } = settings;
  if (signIn === undefined || appUrl === undefined) {
    throw new NotConfigured("Signing in with Google is not set up here.");
  }
  return { signIn, appUrl, redirectUri: `${publicUrl()}/api/v1/auth/google/callback` };
}

/** The Set-Cookie header with which the browser keeps a pending sign-in; "" drops it. */
export function googleCookie({ signIn, redirectUri }: GoogleAccess, kept: string): string {
  const { protocol, pathname } = new URL(redirectUri);
  return laxCookie(GOOGLE_COOKIE, kept, {
    path: pathname,
    maxAgeMs: signIn.pendingMs,
    isSecure: protocol === "https:",
  });
}
