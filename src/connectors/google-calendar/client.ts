import { calendar, type calendar_v3, type MethodOptions } from "@googleapis/calendar";
import type { z } from "zod";
import { Failure } from "../../errors.ts";
import type { Clock } from "../../platform/clock.ts";
import { malformedAnswer, type HttpClient } from "../../platform/http-client.ts";
import { parseRetryAfter } from "../../platform/retry-after.ts";
import type { CalendarCall } from "./contract.ts";
import { failureOf } from "./failures.ts";

/** One call of Google's API. */
export interface ApiCall<Schema extends z.ZodType> {
  /** What is done, for people who read the error: "list events". */
  what: string;
  schema: Schema;
  isWrite: boolean;
  /** Only what has this etag is changed. */
  ifMatch?: string;
  request: (api: calendar_v3.Calendar, options: MethodOptions) => Promise<{ data: unknown }>;
}

export type CalendarClient = <Schema extends z.ZodType>(
  call: CalendarCall,
  api: ApiCall<Schema>,
) => Promise<z.output<Schema>>;

/**
 * The SDK over our HTTP client, which has the time limits. The SDK repeats nothing, and knows no
 * tokens: it would renew them by itself, in each process, and send what was refused again.
 *
 * @param url of a sandbox; undefined for Google's own
 */
export function createCalendarClient({
  http,
  clock,
  url,
}: {
  http: HttpClient;
  clock: Clock;
  url: string | undefined;
}): CalendarClient {
  const sdk = calendar({ version: "v3", ...(url !== undefined && { rootUrl: `${url}/` }) });
  return async ({ accessToken, signal }, { what, schema, isWrite, ifMatch, request }) => {
    const named = { what: `Google Calendar: ${what}`, isWrite };
    let answer: { data: unknown };
    try {
      answer = await request(sdk, {
        headers: {
          authorization: `Bearer ${accessToken}`,
          ...(ifMatch !== undefined && { "if-match": ifMatch }),
        },
        fetchImplementation: http.fetch,
        retry: false,
        responseType: "json",
        signal,
      });
    } catch (error) {
      throw explained(error, { ...named, now: clock.now() });
    }
    const parsed = schema.safeParse(answer.data);
    if (parsed.success) return parsed.data;
    const where = parsed.error.issues[0]?.path.join(".") ?? "";
    throw malformedAnswer(named, `an answer of another form at "${where}"`, parsed.error);
  };
}

/** The SDK's error is a refusal of Google's, or carries what our HTTP client, or who gave up, has thrown. */
function explained(error: unknown, named: { what: string; isWrite: boolean; now: Date }): unknown {
  if (!(error instanceof Error) || error instanceof Failure) return error;
  const { response } = error as Error & { response?: Response & { data?: unknown } }; // oxlint-disable-line typescript/no-unsafe-type-assertion -- GaxiosError, whose package is not ours to import
  if (response === undefined) return error.cause ?? error;
  const retryAfter = response.headers.get("retry-after") ?? undefined;
  return failureOf({
    status: response.status,
    what: named.what,
    isWrite: named.isWrite,
    retryAfterMs: parseRetryAfter(retryAfter, named.now),
    body: response.data,
  });
}
