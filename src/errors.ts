/**
 * Everything that can go wrong, on one page. The class says what to do; nobody reads the message.
 *
 * `retry` is read by the worker ("never", "backoff", or wait that many milliseconds without using
 * up an attempt); `status` and `code` are what an HTTP caller sees.
 */
export type Retry = "never" | "backoff" | { afterMs: number };

export abstract class Failure extends Error {
  abstract readonly retry: Retry;
  /** HTTP status. */
  abstract readonly status: number;
  /** Stable, machine-readable name of the failure, snake_case. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
}

/** The request or payload is not even of the right form. Trying again cannot help. */
export class InvalidPayload extends Failure {
  readonly retry = "never";
  readonly status = 400;

  constructor(message: string, options?: ErrorOptions & { code?: string }) {
    super(options?.code ?? "invalid_payload", message, options);
  }
}

/** Well-formed, but a value is wrong. `errors` names each field with what is wrong about it. */
export class InvalidInput extends Failure {
  readonly retry = "never";
  readonly status = 422;
  readonly errors: Readonly<Record<string, readonly string[]>>;
  /** Added to the answer. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    errors: Record<string, readonly string[]>,
    options?: ErrorOptions & {
      code?: string;
      message?: string;
      details?: Record<string, unknown>;
    },
  ) {
    const first = Object.values(errors)[0]?.[0] ?? "The given data is invalid.";
    super(options?.code ?? "invalid_input", options?.message ?? first, options);
    this.errors = errors;
    this.details = options?.details ?? {};
  }
}

/** Who are you? */
export class Unauthenticated extends Failure {
  readonly retry = "never";
  readonly status = 401;

  constructor(message = "Unauthenticated.", options?: ErrorOptions) {
    super("unauthenticated", message, options);
  }
}

/** We know who you are, and you may not. `details` are added to the answer (a scope, an upgrade hint). */
export class Forbidden extends Failure {
  readonly retry = "never";
  readonly status = 403;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    message: string,
    options?: ErrorOptions & { code?: string; details?: Record<string, unknown> },
  ) {
    super(options?.code ?? "forbidden", message, options);
    this.details = options?.details ?? {};
  }
}

/** There is no such record, or it belongs to another company, which is none of the caller's business. */
export class NotFound extends Failure {
  readonly retry = "never";
  readonly status = 404;

  constructor(what: string, options?: ErrorOptions) {
    super("not_found", `${what} not found.`, options);
  }
}

/** There was such a thing, and its time is over. */
export class Gone extends Failure {
  readonly retry = "never";
  readonly status = 410;

  constructor(message: string, options?: ErrorOptions & { code?: string }) {
    super(options?.code ?? "gone", message, options);
  }
}

/** The record is in a state in which this cannot be done. */
export class Conflict extends Failure {
  readonly retry = "never";
  readonly status = 409;

  constructor(message: string, options?: ErrorOptions & { code?: string }) {
    super(options?.code ?? "conflict", message, options);
  }
}

/** Too many requests, theirs or ours. Waiting costs no attempt. */
export class RateLimited extends Failure {
  readonly retry: { afterMs: number };
  readonly status = 503;

  constructor(message: string, options: ErrorOptions & { afterMs: number }) {
    super("rate_limited", message, options);
    this.retry = { afterMs: options.afterMs };
  }
}

/** The other side is down or slow; nothing was written there. */
export class ProviderUnavailable extends Failure {
  readonly retry = "backoff";
  readonly status = 502;

  constructor(message: string, options?: ErrorOptions & { code?: string }) {
    super(options?.code ?? "provider_unavailable", message, options);
  }
}

/** The other side understood and said no. Its own code and request id are kept. */
export class ProviderRejected extends Failure {
  readonly retry = "never";
  readonly status = 502;
  readonly providerCode: string | undefined;
  readonly providerRequestId: string | undefined;

  constructor(
    message: string,
    options?: ErrorOptions & { code?: string; providerCode?: string; providerRequestId?: string },
  ) {
    super(options?.code ?? "provider_rejected", message, options);
    this.providerCode = options?.providerCode;
    this.providerRequestId = options?.providerRequestId;
  }
}

/** The company's link to a provider was withdrawn: its work waits until somebody reconnects. */
export class ConnectionRevoked extends Failure {
  readonly retry = "never";
  readonly status = 409;

  constructor(message: string, options?: ErrorOptions) {
    super("connection_revoked", message, options);
  }
}

/** The write may have happened over there: look it up before writing again. */
export class WriteUnconfirmed extends Failure {
  readonly retry = "backoff";
  readonly status = 502;

  constructor(message: string, options?: ErrorOptions) {
    super("write_unconfirmed", message, options);
  }
}

/** How the worker should treat anything thrown. What we did not foresee is a bug: retried and reported. */
export function retryOf(error: unknown): Retry {
  return error instanceof Failure ? error.retry : "backoff";
}

/** What to show of anything thrown, in one line. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
