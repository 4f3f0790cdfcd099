import { Stripe } from "stripe";
import type { z } from "zod";
import {
  failureOfStatus,
  malformedAnswer,
  type HttpAnswer,
  type HttpClient,
} from "../../platform/http-client.ts";
import { failureOf } from "./failures.ts";

/** How long to stay away when Stripe does not say, in milliseconds. */
const WAIT_MS = 2_000;

/** One call. Each POST carries a key of ours, made of the business fact: the SDK's own are random. */
export interface StripeCall<Schema extends z.ZodType> {
  /** What is done, for people who read the error: "make a customer". */
  what: string;
  schema: Schema;
  signal: AbortSignal;
  isWrite: boolean;
  request: (stripe: Stripe) => Promise<unknown>;
}

export type StripeClient = <Schema extends z.ZodType>(
  call: StripeCall<Schema>,
) => Promise<z.output<Schema>>;

/**
 * The SDK over our HTTP client. Nothing is repeated: the SDK's retries are off, and those it makes all the
 * same (after ECONNRESET) never come about, because it is shown our errors in place of the socket's.
 *
 * @param url of a sandbox; undefined for Stripe's own
 */
export function createStripeClient({
  http,
  secretKey,
  url,
}: {
  http: HttpClient;
  secretKey: string;
  url: string | undefined;
}): StripeClient {
  const address = url === undefined ? undefined : new URL(url);
  const place =
    address === undefined
      ? {}
      : {
          host: address.hostname,
          port: address.port === "" ? (address.protocol === "http:" ? 80 : 443) : address.port,
          protocol: address.protocol === "http:" ? ("http" as const) : ("https" as const),
        };

  return async ({ what, schema, signal, isWrite, request }) => {
    // One for each call, because the SDK knows no signals; it costs a quarter of a millisecond.
    const stripe = new Stripe(secretKey, {
      ...place,
      maxNetworkRetries: 0,
      telemetry: false,
      httpClient: new OurHttpClient(http, signal),
    });
    let answer: unknown;
    try {
      answer = await request(stripe);
    } catch (error) {
      throw failureOf(error, { what, signal, isWrite });
    }
    const parsed = schema.safeParse(answer);
    if (parsed.success) return parsed.data;
    const where = parsed.error.issues[0]?.path.join(".") ?? "";
    throw malformedAnswer(
      { what: `Stripe: ${what}`, isWrite },
      `an answer of another form at "${where}"`,
      parsed.error,
    );
  };
}

class OurHttpClient extends Stripe.HttpClient {
  readonly #http: HttpClient;
  readonly #signal: AbortSignal;

  constructor(http: HttpClient, signal: AbortSignal) {
    super();
    this.#http = http;
    this.#signal = signal;
  }

  override getClientName(): string {
    return "nightledger";
  }

  override async makeRequest(
    ...[host, port, path, method, headers, body, protocol]: Parameters<
      Stripe.HttpClient["makeRequest"]
    >
  ): Promise<OurAnswer> {
    const answer = await this.#http.send({
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the SDK uses no other methods
      method: method as "GET" | "POST" | "DELETE",
      url: `${protocol}://${host}:${port}${path}`,
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
      ),
      ...(method === "GET" ? {} : { body: body ?? "" }),
      signal: this.#signal,
    });
    const failure = failureOfStatus(answer, { waitMs: WAIT_MS });
    if (failure !== undefined) throw failure;
    return new OurAnswer(answer);
  }
}

class OurAnswer extends Stripe.HttpClientResponse {
  readonly #answer: HttpAnswer;
  readonly #json: unknown;

  /** @throws WriteUnconfirmed or ProviderUnavailable when the body is no JSON */
  constructor(answer: HttpAnswer) {
    super(answer.status, flat(answer.headers));
    this.#answer = answer;
    try {
      this.#json = JSON.parse(answer.text);
    } catch (error) {
      throw malformedAnswer(answer, "an answer that is no JSON", error);
    }
  }

  override getRawResponse(): unknown {
    return { status: this.#answer.status };
  }

  // oxlint-disable-next-line typescript/promise-function-async -- as the SDK declares it
  override toJSON(): Promise<unknown> {
    return Promise.resolve(this.#json);
  }
}

function flat(headers: HttpAnswer["headers"]): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
