import { ConnectionRevoked, ProviderRejected } from "../../errors.ts";
import type { Grant, OAuthApp, OAuthProvider } from "../../platform/oauth.ts";
import type { z } from "zod";
import type { SlackClient } from "./client.ts";
import { refusalOf } from "./refusals.ts";
import { AuthTestAnswer, OkAnswer, TokenAnswer } from "./schemas.ts";

/** To post, to name channels, to enter public ones, and to look whether a message arrived. */
const scopes = [
  "chat:write",
  "channels:read",
  "groups:read",
  "channels:join",
  "channels:history",
  "groups:history",
] as const;

/**
 * OAuth v2, for a bot. Whether access ends is a setting of the app over there ("token rotation"): where
 * it does, the refresh token works once.
 */
export function createSlackOAuth({
  client,
  app,
  url,
  isReal,
}: {
  client: SlackClient;
  app: OAuthApp | null;
  url: string;
  isReal: boolean;
}): OAuthProvider {
  const ask = async (
    { clientId, clientSecret }: OAuthApp,
    fields: Record<string, string>,
    signal: AbortSignal,
  ) =>
    await client({
      method: "oauth.v2.access",
      args: { client_id: clientId, client_secret: clientSecret, ...fields },
      schema: TokenAnswer,
      signal,
      isWrite: true,
    });

  const refresh: NonNullable<OAuthProvider["refresh"]> = async ({
    app: given,
    credentials,
    signal,
  }) => {
    const { refreshToken } = credentials;
    if (refreshToken === null) {
      throw new ConnectionRevoked("Slack: there is no token to renew the access with");
    }
    const fields = { grant_type: "refresh_token", refresh_token: refreshToken };
    return grantOf(await ask(given, fields, signal));
  };

  const withdraw = async (accessToken: string, signal: AbortSignal): Promise<void> => {
    await client({ method: "auth.revoke", schema: OkAnswer, accessToken, signal, isWrite: true });
  };

  return {
    name: "slack",
    title: "Slack",
    app,
    usesCompanyApp: false,
    isReal,
    callbackPath: "/api/v1/integrations/slack/callback",
    hasState: true,
    usesPkce: false,
    scopes,
    authorizeUrl({ app: { clientId }, redirectUri, state }) {
      const address = new URL(`${url}/oauth/v2/authorize`);
      address.search = new URLSearchParams({
        client_id: clientId,
        scope: scopes.join(","),
        redirect_uri: redirectUri,
        state,
      }).toString();
      return address;
    },
    async exchange({ app: given, code, redirectUri, signal }) {
      const answer = await ask(given, { code, redirect_uri: redirectUri }, signal);
      const { team } = answer;
      if (!team) {
        throw new ProviderRejected("Slack: the app was installed for a whole organisation", {
          code: "no_workspace",
        });
      }
      return { ...grantOf(answer), externalId: team.id, externalName: team.name ?? null };
    },
    refresh,
    async revoke(request) {
      try {
        await withdraw(request.credentials.accessToken, request.signal);
      } catch (error) {
        if (!(error instanceof ConnectionRevoked)) throw error;
        // What is withdrawn already is withdrawn. What has only ended is renewed for this one call.
        if (refusalOf(error) !== "token_expired") return;
        const { accessToken } = await refresh(request);
        await withdraw(accessToken, request.signal);
      }
    },
    async check({ accessToken, signal }) {
      const { team } = await client({
        method: "auth.test",
        schema: AuthTestAnswer,
        accessToken,
        signal,
        isWrite: false,
      });
      return { externalName: team };
    },
  };
}

function grantOf(answer: z.output<typeof TokenAnswer>): Grant {
  const { scope } = answer;
  return {
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token ?? null,
    accessEndsInMs: answer.expires_in ? answer.expires_in * 1_000 : null,
    refreshEndsInMs: null,
    scopes: scope ? scope.split(",") : null,
  };
}
