import { z } from "zod";
import { ConnectionRevoked, ProviderRejected } from "../errors.ts";
import { failureOfStatus, type HttpClient } from "../platform/http-client.ts";
import type { Grant, OAuthApp } from "../platform/oauth.ts";

/** What a token endpoint answers (RFC 6749 5.1). Providers add more, which `loose` keeps. */
const TokenAnswer = z.looseObject({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).nullish(),
  /** Seconds. */
  expires_in: z.coerce.number().positive().nullish(),
  scope: z.string().nullish(),
});
export type TokenAnswer = z.infer<typeof TokenAnswer>;

const TokenError = z.looseObject({ error: z.string(), error_description: z.string().nullish() });

/** How long to stay away when a token endpoint does not say. */
const WAIT_MS = 30_000;

/**
 * Asks a token endpoint that keeps to RFC 6749: a form, with the client in it or in the header. Asking
 * is a write: the code or the refresh token may be used up by it.
 *
 * @throws ConnectionRevoked on `invalid_grant`
 * @throws ProviderRejected on another error, such as `invalid_client`: ours to mend
 */
export async function askForTokens(
  http: HttpClient,
  {
    url,
    app,
    clientIn,
    fields,
    headers,
    signal,
  }: {
    url: string;
    app: OAuthApp;
    /** "header": HTTP Basic. */
    clientIn: "header" | "body";
    fields: Readonly<Record<string, string>>;
    headers?: Readonly<Record<string, string>>;
    signal: AbortSignal;
  },
): Promise<TokenAnswer> {
  const { clientId, clientSecret } = app;
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString("base64");
  const answer = await http.send({
    method: "POST",
    url,
    form:
      clientIn === "body"
        ? { client_id: clientId, client_secret: clientSecret, ...fields }
        : { ...fields },
    headers: { ...(clientIn === "header" ? { authorization: `Basic ${basic}` } : {}), ...headers },
    signal,
  });
  const failure = failureOfStatus(answer, { waitMs: WAIT_MS });
  if (failure !== undefined) throw failure;
  if (answer.status < 400) return answer.read(TokenAnswer);
  const { error, error_description: description } = answer.read(TokenError);
  const text = `${answer.what}: ${error}${description ? ` (${description})` : ""}`;
  if (error === "invalid_grant") throw new ConnectionRevoked(text);
  throw new ProviderRejected(text, { providerCode: error });
}

/** The grant in a token answer. */
export function grantOf(answer: TokenAnswer, { scopeSeparator = " " } = {}): Grant {
  const { scope } = answer;
  return {
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token ?? null,
    accessEndsInMs: answer.expires_in ? answer.expires_in * 1_000 : null,
    refreshEndsInMs: null,
    scopes: scope ? scope.split(scopeSeparator).filter((part) => part !== "") : null,
  };
}
