import type { Client, Dispatcher } from "undici";
import type { HttpConnections } from "./http-connections.ts";

/** Milliseconds each part of a request may take. */
export interface HttpTimeouts {
  /** Looking up the name, connecting, TLS. */
  connectMs: number;
  /** From the request being under way to the answer's first line. */
  headersMs: number;
  /** Reading the answer's body. */
  bodyMs: number;
}

/** Names in lower case; what came more than once is a list. */
export type HttpHeaders = Readonly<Record<string, string | string[] | undefined>>;

export interface RawAnswer {
  status: number;
  headers: HttpHeaders;
  bytes: Buffer;
}

export interface ExchangeRequest {
  method: Dispatcher.HttpMethod;
  url: URL;
  headers: Record<string, string>;
  body: string | Uint8Array | null;
  signal: AbortSignal;
}

export interface ExchangeLimits {
  timeouts: HttpTimeouts;
  /** A longer answer is given up. */
  bytesMax: number;
  /** An answer that is too long, or whose body is too slow, is taken as far as it came. */
  cutsAnswers: boolean;
}

/** Why a request was given up by us. */
export class GivenUp extends Error {
  override name = "GivenUp";
}

/** One request under way. */
export interface Exchange {
  readonly answer: Promise<RawAnswer>;
  /** Whether the other side can have seen the request. */
  readonly wasSent: boolean;
}

/**
 * Sends one request. Nothing is repeated, no redirect followed, nothing unpacked. The answer rejects with
 * the signal's reason when it was aborted before, with `GivenUp` when it is aborted later or takes too
 * long, else with what undici or the system says.
 */
export function startExchange(
  connections: HttpConnections,
  request: ExchangeRequest,
  limits: ExchangeLimits,
): Exchange {
  if (request.signal.aborted) {
    return { answer: Promise.reject(request.signal.reason), wasSent: false };
  }
  return new RunningExchange(connections, request, limits);
}

const PARTS = {
  connectMs: "connecting",
  headersMs: "the answer",
  bodyMs: "the answer's body",
} as const satisfies Record<keyof HttpTimeouts, string>;

const NOTHING = Buffer.alloc(0);

/** A class: closures for each of thousands a second would cost as much as the sending. */
class RunningExchange implements Exchange, Dispatcher.DispatchHandler {
  readonly answer: Promise<RawAnswer>;
  wasSent = false;
  readonly #connections: HttpConnections;
  readonly #connection: Client;
  readonly #origin: string;
  readonly #siblings: Set<RunningExchange>;
  readonly #limits: ExchangeLimits;
  #resolve!: (answer: RawAnswer) => void;
  #reject!: (error: unknown) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #isOver = false;

  #part: keyof HttpTimeouts = "connectMs";
  #dueAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Number.POSITIVE_INFINITY;

  #status = 0;
  #headers: HttpHeaders = {};
  readonly #chunks: Buffer[] = [];
  #length = 0;

  constructor(connections: HttpConnections, request: ExchangeRequest, limits: ExchangeLimits) {
    const { method, url, headers, body, signal } = request;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#limits = limits;
    this.#connections = connections;
    this.#origin = url.origin;
    // First, for it throws where an address leads nowhere: nothing may be under way by then.
    this.#connection = connections.take(this.#origin);
    this.#siblings = siblingsOf(signal).add(this);
    this.#allow("connectMs");
    const path = url.pathname + url.search;
    this.#connection.dispatch({ origin: this.#origin, path, method, headers, body }, this);
  }

  /** Ends it for whoever waits, and on the connection, of which nobody knows what would come next. */
  giveUp(why: string, cause?: unknown): void {
    const error = new GivenUp(why, { cause });
    this.#end(error);
    this.#controller?.abort(error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.wasSent = true;
    this.#allow("headersMs");
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: HttpHeaders,
  ): void {
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
    this.#allow("bodyMs");
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const { bytesMax, cutsAnswers } = this.#limits;
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length <= bytesMax) return;
    if (cutsAnswers) this.#resolve(this.#answered());
    this.giveUp(`the answer is longer than ${bytesMax} bytes`);
  }

  onResponseEnd(): void {
    this.#resolve(this.#answered());
    this.#settle();
    this.#connections.keep(this.#origin, this.#connection);
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.#end(error);
  }

  #answered(): RawAnswer {
    const { bytesMax } = this.#limits;
    const bytes =
      this.#length === 0 ? NOTHING : Buffer.concat(this.#chunks, Math.min(this.#length, bytesMax));
    return { status: this.#status, headers: this.#headers, bytes };
  }

  #end(error: Error): void {
    if (this.#isOver) return;
    this.#reject(error);
    this.#settle();
    this.#connections.drop(this.#origin, this.#connection);
  }

  #settle(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#siblings.delete(this);
  }

  /** One timer for all parts, as long as none ends before it rings: it is set anew for what is left. */
  #allow(part: keyof HttpTimeouts): void {
    this.#part = part;
    this.#dueAt = performance.now() + this.#limits.timeouts[part];
    if (this.#dueAt < this.#timerAt) this.#setTimer();
  }

  #setTimer(): void {
    clearTimeout(this.#timer);
    this.#timerAt = this.#dueAt;
    this.#timer = setTimeout(ring, this.#dueAt - performance.now(), this);
  }

  ring(): void {
    if (performance.now() < this.#dueAt) {
      this.#setTimer();
      return;
    }
    if (this.#part === "bodyMs" && this.#limits.cutsAnswers) this.#resolve(this.#answered());
    this.giveUp(`${PARTS[this.#part]} took more than ${this.#limits.timeouts[this.#part]} ms`);
  }
}

function ring(exchange: RunningExchange): void {
  exchange.ring();
}

/** What is under way, by the signal that ends it: it is listened to once, however many there are. */
const underWay = new WeakMap<AbortSignal, Set<RunningExchange>>();

function siblingsOf(signal: AbortSignal): Set<RunningExchange> {
  const known = underWay.get(signal);
  if (known !== undefined) return known;
  const exchanges = new Set<RunningExchange>();
  underWay.set(signal, exchanges);
  signal.addEventListener(
    "abort",
    () => {
      for (const exchange of exchanges) exchange.giveUp("it was aborted", signal.reason);
    },
    { once: true },
  );
  return exchanges;
}
