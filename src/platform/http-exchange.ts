import { Agent, type Dispatcher } from "undici";
import type { AddressGuard } from "./address-guard.ts";

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

/** Why a request was given up by us. */
export class GivenUp extends Error {
  override name = "GivenUp";
}

/** One request under way. */
export interface Exchange {
  answer: Promise<RawAnswer>;
  /** Whether the other side can have seen the request. */
  wasSent: () => boolean;
}

export interface ExchangeRequest {
  method: Dispatcher.HttpMethod;
  url: URL;
  headers: Record<string, string>;
  body: string | Uint8Array | null;
  signal: AbortSignal;
  timeouts: HttpTimeouts;
  bytesMax: number;
  /** An answer that is too long, or whose body is too slow, is taken as far as it came. */
  cutsAnswers: boolean;
}

/** Servers close idle connections after 5 s and more; a request must not meet that moment. */
const IDLE_MS = 4_000;
/** What gave up connecting is told so by us; the connection itself is given up some time after. */
const SPARE_MS = 1_000;

/**
 * Connections of one client: each request has one to itself, which is kept open for the next request to
 * the same scheme, name and port. With a guard, a connection leads to the address that it checked.
 */
export function openConnections({
  guard,
  connectMs,
}: {
  guard: AddressGuard | undefined;
  connectMs: number;
}): Agent {
  return new Agent({
    connect: {
      timeout: connectMs + SPARE_MS,
      ...(guard === undefined ? {} : { lookup: guard.lookup }),
    },
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: IDLE_MS,
    // Ours are exact, and count from where a request is, not from the last byte.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

/** Sends one request. Nothing is repeated, no redirect followed, nothing unpacked. */
export function startExchange(connections: Agent, request: ExchangeRequest): Exchange {
  const { method, url, headers, body, signal, timeouts, bytesMax, cutsAnswers } = request;
  let wasSent = false;

  const answer = new Promise<RawAnswer>((resolve, reject) => {
    signal.throwIfAborted();
    let controller: Dispatcher.DispatchController | undefined;
    let givenUp: GivenUp | undefined;
    let timer: NodeJS.Timeout | undefined;
    const head = { status: 0, headers: {} as HttpHeaders };
    const parts: Buffer[] = [];
    let length = 0;

    const allow = (ms: number, forWhat: string, orElse = giveUp): void => {
      clearTimeout(timer);
      timer = setTimeout(() => orElse(new GivenUp(`${forWhat} took more than ${ms} ms`)), ms);
    };
    const onAbort = (): void => giveUp(new GivenUp("it was aborted", { cause: signal.reason }));
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    };
    function giveUp(error: GivenUp): void {
      end();
      givenUp = error;
      reject(error);
      controller?.abort(error);
    }
    const cut = (reason: GivenUp): void => {
      resolve({ ...head, bytes: Buffer.concat(parts).subarray(0, bytesMax) });
      giveUp(reason);
    };

    allow(timeouts.connectMs, "connecting");
    signal.addEventListener("abort", onAbort, { once: true });
    connections.dispatch(
      { origin: url.origin, path: url.pathname + url.search, method, headers, body },
      {
        onRequestStart(given) {
          controller = given;
          // Nothing has been written yet, and then nothing will be.
          if (givenUp !== undefined) return given.abort(givenUp);
          wasSent = true;
          allow(timeouts.headersMs, "the answer");
        },
        onResponseStart(_, status, answered) {
          if (status < 200) return;
          head.status = status;
          head.headers = answered;
          allow(timeouts.bodyMs, "the answer's body", cutsAnswers ? cut : giveUp);
        },
        onResponseData(_, part) {
          length += part.length;
          if (length <= bytesMax || cutsAnswers) parts.push(part);
          if (length <= bytesMax) return;
          (cutsAnswers ? cut : giveUp)(new GivenUp(`the answer is longer than ${bytesMax} bytes`));
        },
        onResponseEnd() {
          end();
          resolve({ ...head, bytes: Buffer.concat(parts) });
        },
        onResponseError(_, error) {
          end();
          reject(error);
        },
      },
    );
  });
  return { answer, wasSent: () => wasSent };
}
