import type { ErrorRequestHandler, Request, RequestHandler } from "express";
import type { Logger } from "pino";
import {
  Conflict,
  Failure,
  Forbidden,
  InvalidInput,
  InvalidPayload,
  NotFound,
  RateLimited,
  Unauthenticated,
} from "../../errors.ts";
import { sqlState } from "../../db/client.ts";
import { isDatabaseTrouble } from "../../db/transaction.ts";
import { RESOURCE_METADATA_PATH } from "../oauth/authorization-request.ts";
import { BodyTooLarge, ServiceUnavailable, TooManyRequests, UnsupportedBody } from "../failures.ts";

/** No route matched. */
export const answerNotFound: RequestHandler = () => {
  throw new NotFound("This address was");
};

/**
 * The one place where a failure becomes an answer (API.md rule 6). What we did not foresee is
 * logged in full and answered with nothing but the request's id.
 */
export function createErrorHandler(log: Logger, publicUrl: () => string): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const failure = failureOf(error);
    const requestId = String(response.locals["requestId"] ?? "");
    if (failure === undefined || failure.status >= 500 || sqlState(failure.cause) !== undefined) {
      log.error(
        // Not the address itself: it may hold a secret (an invitation's token).
        {
          err: error,
          requestId,
          method: request.method,
          endpoint: response.locals["endpoint"],
        },
        "request failed",
      );
    }
    if (response.headersSent) {
      // Too late for an answer of ours: let Express cut the connection, so that nobody takes half for all.
      next(error);
      return;
    }
    const retryAfter = retryAfterSeconds(failure);
    if (retryAfter !== undefined) response.setHeader("Retry-After", String(retryAfter));
    const challenge = challengeOf(failure, request, publicUrl);
    if (challenge !== undefined) response.setHeader("WWW-Authenticate", challenge);
    // A body we stopped reading would be taken for the next request on this connection.
    if (failure?.status === 413) response.setHeader("Connection", "close");
    const message = failure?.message ?? "Something went wrong on our side. It has been reported.";
    response.status(failure?.status ?? 500);
    if (String(response.locals["endpoint"]).startsWith("/oauth/")) {
      response.json({ error: oauthErrorOf(failure), error_description: message });
      return;
    }
    response.json({
      message,
      code: failure?.code ?? "internal_error",
      errors: failure !== undefined && "errors" in failure ? failure.errors : {},
      ...(failure instanceof Forbidden || failure instanceof InvalidInput ? failure.details : {}),
      request_id: requestId,
    });
  };
}

/** What OAuth's own addresses call it: RFC 6749 (sections 4.1.2.1 and 5.2) has no words for more. */
function oauthErrorOf(failure: Failure | undefined): string {
  if (failure?.status === 429 || failure?.status === 503) return "temporarily_unavailable";
  return failure === undefined || failure.status >= 500 ? "server_error" : "invalid_request";
}

/** How to get in, or what a token lacks (RFC 6750, section 3; RFC 9728, section 5.1). */
function challengeOf(
  failure: Failure | undefined,
  request: Request,
  publicUrl: () => string,
): string | undefined {
  const realm = `Bearer realm="nightledger", resource_metadata="${publicUrl()}${RESOURCE_METADATA_PATH}"`;
  if (failure instanceof Unauthenticated) {
    const isWrong = request.get("Authorization") !== undefined;
    return isWrong ? `${realm}, error="invalid_token"` : realm;
  }
  if (!(failure instanceof Forbidden) || failure.code !== "missing_scope") return undefined;
  return `${realm}, error="insufficient_scope", scope="${String(failure.details["scope"])}"`;
}

function failureOf(error: unknown): Failure | undefined {
  if (error instanceof Failure) return error;
  return fromBodyParser(error) ?? fromDatabase(error);
}

/** body-parser and Express name what went wrong with reading a request in `type` or `status`. */
function fromBodyParser(error: unknown): Failure | undefined {
  if (!(error instanceof Error)) return undefined;
  const type = "type" in error && typeof error.type === "string" ? error.type : "";
  switch (type) {
    case "entity.parse.failed":
      return new InvalidPayload("The body is not valid JSON.", {
        cause: error,
        code: "malformed_json",
      });
    case "entity.too.large":
      return new BodyTooLarge("The body is too large.", { cause: error });
    case "encoding.unsupported":
    case "charset.unsupported":
      return new UnsupportedBody("The body's encoding is not supported.", { cause: error });
    case "request.aborted":
    case "request.size.invalid":
    case "entity.verify.failed":
      return new InvalidPayload("The body could not be read.", { cause: error });
    default:
  }
  // A path with a broken percent escape, an inflated body that is no gzip.
  const status = "status" in error ? error.status : undefined;
  return status === 400
    ? new InvalidPayload("The request is malformed.", { cause: error })
    : undefined;
}

/** What the database refuses although validation let it through, and what passes by itself. */
function fromDatabase(error: unknown): Failure | undefined {
  switch (sqlState(error) ?? "") {
    case "40001":
    case "40P01":
    case "55P03":
      return new ServiceUnavailable("Too much at once on the same records. Try again.", {
        cause: error,
      });
    // Two requests at once for the same thing, of which validation saw only one.
    case "23505":
    case "23503":
      return new Conflict("This conflicts with a change made at the same moment.", {
        cause: error,
      });
    case "22003":
      return new InvalidInput({ body: ["Holds a number that is too large."] }, { cause: error });
    case "57014":
      return new ServiceUnavailable("This took too long and was ended. Nothing was changed.", {
        cause: error,
      });
    default:
  }
  if (!isDatabaseTrouble(error)) return undefined;
  return new ServiceUnavailable("Our database is out of reach. Try again.", { cause: error });
}

function retryAfterSeconds(failure: Failure | undefined): number | undefined {
  if (failure instanceof TooManyRequests) return failure.retryAfterSeconds;
  if (failure instanceof RateLimited) return Math.max(1, Math.ceil(failure.retry.afterMs / 1000));
  return failure instanceof ServiceUnavailable ? 1 : undefined;
}
