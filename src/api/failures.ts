import { Failure } from "../errors.ts";

/** The record changed since the caller last saw it (If-Match, API.md rule 10). */
export class PreconditionFailed extends Failure {
  readonly retry = "never";
  readonly status = 412;

  constructor(
    message = "The record has changed since you read it. Read it again, then decide.",
    options?: ErrorOptions,
  ) {
    super("precondition_failed", message, options);
  }
}

/** The caller came too often; `retryAfterSeconds` says when to come again (API.md rule 8). */
export class TooManyRequests extends Failure {
  readonly retry = "never";
  readonly status = 429;
  readonly retryAfterSeconds: number;

  constructor(message: string, options: ErrorOptions & { retryAfterSeconds: number }) {
    super("too_many_requests", message, options);
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** The body, or a file in it, is larger than we read. */
export class BodyTooLarge extends Failure {
  readonly retry = "never";
  readonly status = 413;
  readonly errors: Readonly<Record<string, readonly string[]>>;

  constructor(message: string, options: ErrorOptions & { field?: string } = {}) {
    super("body_too_large", message, options);
    this.errors = options.field === undefined ? {} : { [options.field]: [message] };
  }
}

/** The body, or a file in it, is of a kind or encoding we do not read. */
export class UnsupportedBody extends Failure {
  readonly retry = "never";
  readonly status = 415;
  readonly errors: Readonly<Record<string, readonly string[]>>;

  constructor(message: string, options: ErrorOptions & { field?: string } = {}) {
    super("unsupported_media_type", message, options);
    this.errors = options.field === undefined ? {} : { [options.field]: [message] };
  }
}

/** We cannot answer now; nothing was written. */
export class ServiceUnavailable extends Failure {
  readonly retry = "backoff";
  readonly status = 503;

  constructor(message: string, options?: ErrorOptions) {
    super("service_unavailable", message, options);
  }
}

/** Whoever installed this has not set up what is asked for; no trying again helps until they do. */
export class NotConfigured extends Failure {
  readonly retry = "never";
  readonly status = 503;

  constructor(message: string, options?: ErrorOptions) {
    super("not_configured", message, options);
  }
}
