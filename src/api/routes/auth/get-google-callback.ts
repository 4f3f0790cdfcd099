import { z } from "zod";
import { identifyByGoogle } from "../../../actions/sign-in-with-google.ts";
import { inTransaction } from "../../../db/transaction.ts";
import { Conflict, ConnectionRevoked, Forbidden } from "../../../errors.ts";
import type { PublicContext } from "../../context.ts";
import { defineRoute } from "../../define-route.ts";
import { getGoogle, GOOGLE_COOKIE, googleCookie, type GoogleAccess } from "../../google.ts";
import { openSession } from "../../sign-in.ts";

const text = z.string().max(2_000).optional();
// Google adds more than it promises, so what we do not know is passed over.
const googleQuery = z.object({ code: text, state: text, error: text });

/** GET /auth/google/callback — Google sends the browser here; we send it on to the app. */
export const getGoogleCallbackRoute = defineRoute({
  method: "get",
  path: "/auth/google/callback",
  summary: "Google OAuth callback",
  description:
    "Redirects to `/auth/callback` of the app, with `#token=…`, a session token, or `#error=…`: `state_mismatch` " +
    "(another browser, or too late), `access_denied`, `expired` (the code was used, or is too old), " +
    "`email_not_verified`, `linked_to_another`. A fragment never reaches a server or its log. An account is found " +
    "by the Google account, then by an address that Google has verified; else it is made. Where nobody had " +
    "proved before that the address is theirs, the password and the sessions of the account end.",
  tag: "Authentication",
  access: "public",
  query: googleQuery,
  answers: { 302: null },
  failures: [502],
  endsSessions: true,

  async run(context, { query }) {
    const google = getGoogle(context.services);
    const outcome = await finish(context, google, query);
    return {
      status: 302,
      headers: {
        Location: `${google.appUrl}/auth/callback#${new URLSearchParams(outcome).toString()}`,
        // A sign-in is finished once.
        "Set-Cookie": googleCookie(google, ""),
        "Cache-Control": "no-store",
      },
    };
  },
});

async function finish(
  { services, clock, requestId, cookie }: PublicContext,
  { signIn, redirectUri }: GoogleAccess,
  { code, state = "" }: z.output<typeof googleQuery>,
): Promise<Record<string, string>> {
  const now = clock.now();
  const pending = signIn.recall(cookie(GOOGLE_COOKIE), { state, now });
  if (pending === undefined) return { error: "state_mismatch" };
  if (code === undefined) return { error: "access_denied" };
  try {
    const person = await signIn.finish({ code, pending, redirectUri, now });
    const token = await inTransaction(services.sql, async (tx) => {
      const userId = await identifyByGoogle(tx, person, { now, requestId });
      return await openSession(tx, { services, userId });
    });
    return { token };
  } catch (error) {
    if (error instanceof ConnectionRevoked) return { error: "expired" };
    // What the person can do something about is told by the app.
    if (error instanceof Forbidden || error instanceof Conflict) return { error: error.code };
    throw error;
  }
}
