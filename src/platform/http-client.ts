import type { z } from "zod";
import { Failure, ProviderUnavailable, RateLimited, WriteUnconfirmed } from "../errors.ts";
import { assertAllowed, type AddressGuard } from "./address-guard.ts";
import type { Clock } from "./clock.ts";
import { openConnections } from "./http-connections.ts";
import {
  GivenUp,
  startExchange,
  type HttpHeaders,
  type HttpTimeouts,
  type Exchange,
  type ExchangeLimits,
  type RawAnswer,
} from "./http-exchange.ts";
import { parseRetryAfter } from "./retry-after.ts";

/** Answers of more than 10 MB are given up, and none is cut, unless these say otherwise. */
export interface HttpClientOptions extends Partial<
  Pick<ExchangeLimits, "bytesMax" | "cutsAnswers">
> {
  /** Whom we talk to, for messages: "QuickBooks". */
  name: string;
  clock: Clock;
  timeouts?: Partial<HttpTimeouts>;
  /** For addresses that users give: which of them may be reached. Default: any. */
  guard?: AddressGuard;
  /** Sent with every request. */
  headers?: Readonly<Record<string, string>>;
}

export interface HttpRequest {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Absolute. The query is never shown in an error. */
  url: string | URL;
  headers?: Readonly<Record<string, string>>;
  /** One of three, with the content type that goes with it. */
  json?: unknown;
  form?: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
  signal: AbortSignal;
  /** Whether it changes something over there. Default: unless it is a GET. A query by POST is none. */
  isWrite?: boolean;
}

export interface HttpClient {
  /**
   * One request, one answer of whatever status: nothing is repeated, no redirect followed. What fails
   * says whether it can have had an effect.
   *
   * @throws ProviderUnavailable when it surely was not sent, or was only a read
   * @throws WriteUnconfirmed when a write was under way: it may have happened
   * @throws ProviderRejected with the code `address_refused` where there is a guard and it says no
   * @throws the signal's reason when it was aborted before it was sent, or was only a read
   */
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** The same in the form of `fetch`, for SDKs that take one. */
  fetch: typeof globalThis.fetch;
  /** Closes all connections: a request under way fails as if its connection was lost. */
  close(): void;
}

const TIMEOUTS: HttpTimeouts = { connectMs: 5_000, headersMs: 20_000, bodyMs: 20_000 };
const BYTES_MAX = 10 * 1_048_576;

/** A client for one provider, with connections of its own that are kept open for the next request. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { guard, bytesMax = BYTES_MAX, cutsAnswers = false } = options;
  const timeouts = { ...TIMEOUTS, ...options.timeouts };
  const limits = { timeouts, bytesMax, cutsAnswers };
  const connections = openConnections({ guard, connectMs: timeouts.connectMs });

  async function send(request: HttpRequest): Promise<HttpAnswer> {
    const url = typeof request.url === "string" ? new URL(request.url) : request.url;
    if (guard !== undefined) assertAllowed(guard, url);
    const isWrite = request.isWrite ?? request.method !== "GET";
    const { body, headers } = bodyOf(request);
    let exchange: Exchange | undefined;
    try {
      exchange = startExchange(
        connections,
        {
          method: request.method,
          url,
          body: body ?? null,
          // A tenth of the time of three spreads, with Node 20.
          headers: Object.assign({}, options.headers, headers, request.headers),
          signal: request.signal,
        },
        limits,
      );
      const raw = await exchange.answer;
      return new HttpAnswer(raw, {
        name: options.name,
        request,
        url,
        isWrite,
        clock: options.clock,
      });
    } catch (error) {
      const what = describeRequest(options.name, request.method, url);
      throw failureOf(error, { what, isWrite, wasSent: exchange?.wasSent ?? false, request });
    }
  }

  return {
    send,
    async fetch(input, init) {
      const request = new Request(input, init);
      const body = Buffer.from(await request.arrayBuffer());
      const answer = await send({
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- SDKs use no other methods
        method: request.method as HttpRequest["method"],
        url: request.url,
        // Ours does not unpack: an SDK that would take packed answers gets plain ones.
        headers: { ...Object.fromEntries(request.headers), "accept-encoding": "identity" },
        ...(body.length === 0 ? {} : { body }),
        signal: request.signal,
      });
      const isEmpty = answer.bytes.length === 0 || [204, 205, 304].includes(answer.status);
      return new Response(isEmpty ? null : new Uint8Array(answer.bytes), {
        status: answer.status,
        headers: Object.entries(answer.headers).map(([name, value]): [string, string] => [
          name,
          String(value),
        ]),
      });
    },
    close() {
      connections.close();
    },
  };
}

const acceptsJson = { accept: "application/json" };
const sendsJson = { ...acceptsJson, "content-type": "application/json" };
const sendsForm = { ...acceptsJson, "content-type": "application/x-www-form-urlencoded" };

function bodyOf({ json, form, body }: HttpRequest): {
  body: string | Uint8Array | undefined;
  headers: Readonly<Record<string, string>>;
} {
  if (json !== undefined) return { body: JSON.stringify(json), headers: sendsJson };
  if (form !== undefined) {
    return { body: new URLSearchParams(form).toString(), headers: sendsForm };
  }
  return { body, headers: acceptsJson };
}

function describeRequest(name: string, method: string, { pathname }: URL): string {
  return `${name}: ${method} ${pathname}`;
}

/** The error that says what to do; the cause says what happened. */
function failureOf(
  error: unknown,
  facts: { what: string; isWrite: boolean; wasSent: boolean; request: HttpRequest },
): unknown {
  const { what, isWrite, wasSent, request } = facts;
  // What the guard says of where a name leads.
  if (error instanceof Failure) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  if (wasSent && isWrite) {
    return new WriteUnconfirmed(`${what}: no answer (${reasonOf(cause)}); it may have happened`, {
      cause,
    });
  }
  if (request.signal.aborted) return request.signal.reason;
  const code = wasSent ? "provider_unavailable" : "provider_not_reached";
  return new ProviderUnavailable(`${what}: ${reasonOf(cause)}`, { cause, code });
}

/** A code like ECONNREFUSED says more than its message, which names addresses. Of undici's only that of a connection does. */
function reasonOf(error: Error): string {
  if (error instanceof GivenUp || !("code" in error) || typeof error.code !== "string") {
    return error.message;
  }
  const { code } = error;
  return code.startsWith("UND_ERR_") && code !== "UND_ERR_CONNECT_TIMEOUT" ? error.message : code;
}

export class HttpAnswer {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
  /** Of `Retry-After`, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  readonly isWrite: boolean;
  readonly #name: string;
  readonly #method: string;
  readonly #url: URL;

  constructor(
    { status, headers, bytes }: RawAnswer,
    {
      name,
      request,
      url,
      isWrite,
      clock,
    }: { name: string; request: HttpRequest; url: URL; isWrite: boolean; clock: Clock },
  ) {
    this.status = status;
    this.headers = headers;
    this.bytes = bytes;
    this.text = bytes.toString("utf8");
    this.isWrite = isWrite;
    this.#name = name;
    this.#method = request.method;
    this.#url = url;
    const retryAfter = this.header("retry-after");
    this.retryAfterMs =
      retryAfter === undefined ? undefined : parseRetryAfter(retryAfter, clock.now());
  }

  /** "QuickBooks: POST /v3/company/1/invoice", for messages. */
  get what(): string {
    return describeRequest(this.#name, this.#method, this.#url);
  }

  /** One value of a header, by its name in lower case. */
  header(name: string): string | undefined {
    const value = this.headers[name];
    return Array.isArray(value) ? value[0] : value;
  }

  /**
   * The body as JSON of this form.
   *
   * @throws ProviderUnavailable (reads), WriteUnconfirmed (writes) when it is something else
   */
  read<Schema extends z.ZodType>(schema: Schema): z.output<Schema> {
    const parsed = schema.safeParse(parseJson(this.text));
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    const where =
      issue === undefined || issue.path.length === 0 ? "" : ` at ${issue.path.join(".")}`;
    throw malformedAnswer(this, `an answer of another form${where}`, parsed.error);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An answer that cannot be read: of a write nobody knows what it did. */
export function malformedAnswer(
  { what, isWrite }: Pick<HttpAnswer, "what" | "isWrite">,
  problem: string,
  cause?: unknown,
): Failure {
  return isWrite
    ? new WriteUnconfirmed(`${what}: ${problem}`, { cause })
    : new ProviderUnavailable(`${what}: ${problem}`, { cause, code: "malformed_answer" });
}

/**
 * What a status means with every provider: 429 is a limit, 408 and 5xx are trouble over there (of a
 * write nobody knows what it did), a redirect is none of ours to follow. Undefined for the others,
 * which each provider explains in its own words.
 *
 * @param waitMs how long to stay away after a 429 that does not say
 */
export function failureOfStatus(
  answer: Pick<HttpAnswer, "status" | "what" | "isWrite" | "retryAfterMs">,
  { waitMs }: { waitMs: number },
): Failure | undefined {
  const { status, what, isWrite } = answer;
  if (status === 429) {
    return new RateLimited(`${what}: too many requests`, {
      afterMs: answer.retryAfterMs ?? waitMs,
    });
  }
  if (status === 408 || status >= 500) {
    return isWrite
      ? new WriteUnconfirmed(`${what}: status ${status}`)
      : new ProviderUnavailable(`${what}: status ${status}`);
  }
  return status >= 300 && status < 400
    ? new ProviderUnavailable(`${what}: an unexpected redirect`, { code: "unexpected_redirect" })
    : undefined;
}
