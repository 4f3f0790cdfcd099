import { LogLevel, WebClient } from "@slack/web-api";
import type { z } from "zod";
import { failureOfStatus, malformedAnswer, type HttpClient } from "../../platform/http-client.ts";
import { failureOf, WAIT_MS } from "./failures.ts";
import { OkAnswer } from "./schemas.ts";

/** One call of a method of the Web API. */
export interface SlackRequest<Schema extends z.ZodType> {
  /** "chat.postMessage". */
  method: string;
  args?: Record<string, unknown>;
  schema: Schema;
  /** Left out where the client's own id and secret are among the arguments. */
  accessToken?: string;
  signal: AbortSignal;
  /** All methods are POST, those that read too. */
  isWrite: boolean;
}

export type SlackClient = <Schema extends z.ZodType>(
  request: SlackRequest<Schema>,
) => Promise<z.output<Schema>>;

/**
 * The SDK over our HTTP client. Nothing is repeated and nothing queued: by itself the SDK repeats what
 * fails ten times within half an hour, a message too, waits for ever, and stops all calls after a 429.
 */
export function createSlackClient({ http, url }: { http: HttpClient; url: string }): SlackClient {
  return async ({ method, args = {}, schema, accessToken, signal, isWrite }) => {
    // One for each call: the SDK knows no signals, and cannot tell a read from a write.
    const client = new WebClient(accessToken, {
      slackApiUrl: `${url}/api/`,
      fetch: fetchOver(http, { signal, isWrite }),
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      allowAbsoluteUrls: false,
      // Its own names the machine's system.
      headers: { "User-Agent": "Nightledger" },
      logger: silence,
    });
    const what = `Slack: ${method}`;
    let answer: unknown;
    try {
      answer = await client.apiCall(method, args);
    } catch (error) {
      throw failureOf(error, { what, isWrite });
    }
    const parsed = schema.safeParse(answer);
    if (parsed.success) return parsed.data;
    const where = parsed.error.issues[0]?.path.join(".") ?? "";
    throw malformedAnswer(
      { what, isWrite },
      `an answer of another form at "${where}"`,
      parsed.error,
    );
  };
}

/** What the SDK asks, by our client: with its timeouts, and our errors in place of the socket's. */
function fetchOver(
  http: HttpClient,
  { signal, isWrite }: { signal: AbortSignal; isWrite: boolean },
): typeof globalThis.fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const answer = await http.send({
      method: "POST",
      url: request.url,
      headers: Object.fromEntries(request.headers),
      body: await request.text(),
      signal,
      isWrite,
    });
    const failure = failureOfStatus(answer, { waitMs: WAIT_MS });
    if (failure !== undefined) throw failure;
    if (answer.status === 200) return Response.json(answer.read(OkAnswer));
    return new Response(answer.text, { status: answer.status });
  };
}

const silence = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  getLevel: () => LogLevel.ERROR,
  setName() {},
};
