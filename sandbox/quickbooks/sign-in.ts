import type { SandboxAnswer, SandboxRequest, SandboxRoute, World } from "../provider.ts";

/** Seconds until a refresh token ends that nobody uses (101 days), and in any case (five years). */
const ROLLING_S = 8_726_400;
const HARD_S = 157_680_000;

export function signInRoutes({ oauth }: World, realm: string): SandboxRoute[] {
  return [
    {
      method: "GET",
      path: "/connect/oauth2",
      // Only the way back says which company it is about.
      run: (request) => oauth.approve(request, { realmId: realm }),
    },
    {
      method: "POST",
      path: "/oauth2/v1/tokens/bearer",
      run(request) {
        const client = basicOf(request);
        const form = request.form();
        const given =
          form.get("grant_type") === "refresh_token"
            ? oauth.refresh({ ...client, refreshToken: form.get("refresh_token") })
            : oauth.exchange({
                ...client,
                code: form.get("code"),
                redirectUri: form.get("redirect_uri"),
              });
        if ("error" in given) {
          return {
            status: given.error === "invalid_client" ? 401 : 400,
            body: { error: given.error, error_description: given.description },
          };
        }
        const asksForEnd = request.headers["x-include-refresh-token-hard-expires-in"] === "true";
        return {
          status: 200,
          body: {
            token_type: "bearer",
            access_token: given.accessToken,
            expires_in: given.expiresIn,
            refresh_token: given.refreshToken,
            x_refresh_token_expires_in: ROLLING_S,
            ...(asksForEnd && { x_refresh_token_hard_expires_in: HARD_S }),
          },
        };
      },
    },
    {
      method: "POST",
      path: "/v2/oauth2/tokens/revoke",
      run(request): SandboxAnswer {
        const { clientId, clientSecret } = basicOf(request);
        if (clientId !== oauth.client.id || clientSecret !== oauth.client.secret) {
          return { status: 401, body: { error: "invalid_client" } };
        }
        const json = request.json();
        const isGiven = typeof json === "object" && json !== null && "token" in json;
        return { status: oauth.revoke(isGiven ? String(json.token) : null) ? 200 : 400 };
      },
    },
  ];
}

/** The client stands in the header; one in the form is not looked at. */
function basicOf({ headers }: SandboxRequest): {
  clientId: string | null;
  clientSecret: string | null;
} {
  const given = /^Basic (\S+)$/i.exec(headers["authorization"] ?? "")?.[1] ?? "";
  const [clientId = null, clientSecret = null] = Buffer.from(given, "base64").toString().split(":");
  return { clientId, clientSecret };
}
