import { defineRoute } from "../../define-route.ts";
import { getGoogle, googleCookie } from "../../google.ts";

/** GET /auth/google — sends the browser to Google. */
export const getGoogleRoute = defineRoute({
  method: "get",
  path: "/auth/google",
  summary: "Redirect to Google OAuth",
  description:
    "For a browser, not for a program. Sets a cookie that ties Google's answer to this browser. 503 with " +
    "`not_configured` where signing in with Google is not set up.",
  tag: "Authentication",
  access: "public",
  answers: { 302: null },
  failures: [502],

  async run({ services, clock }) {
    const google = getGoogle(services);
    const { redirectUri } = google;
    const { url, kept } = await google.signIn.begin({ redirectUri, now: clock.now() });
    return {
      status: 302,
      headers: {
        Location: url,
        "Set-Cookie": googleCookie(google, kept),
        "Cache-Control": "no-store",
      },
    };
  },
});
