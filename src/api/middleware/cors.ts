import type { RequestHandler } from "express";

const exposed =
  "ETag, Location, Retry-After, WWW-Authenticate, Idempotent-Replayed, X-Request-Id, X-Total-Count, " +
  "X-Offset, X-Limit, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Content-Disposition, Repr-Digest, " +
  "x-billabled-export-sha256";
const allowed =
  "Authorization, Content-Type, X-Company-Id, Idempotency-Key, If-Match, If-None-Match, X-Request-Id";

/**
 * Lets pages of the named origins call. Nobody is let in by a cookie; those of named origins may be
 * given one all the same, which ties a way to a provider and back to their browser.
 */
export function createCors(origins: readonly string[]): RequestHandler {
  const isAny = origins.includes("*");
  return (request, response, next) => {
    const origin = request.get("Origin");
    if (!isAny) response.setHeader("Vary", "Origin");
    if (origin === undefined || !(isAny || origins.includes(origin))) {
      next();
      return;
    }
    response.setHeader("Access-Control-Allow-Origin", isAny ? "*" : origin);
    response.setHeader("Access-Control-Expose-Headers", exposed);
    if (!isAny) response.setHeader("Access-Control-Allow-Credentials", "true");
    if (request.method !== "OPTIONS") {
      next();
      return;
    }
    response.setHeader("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE");
    response.setHeader("Access-Control-Allow-Headers", allowed);
    response.setHeader("Access-Control-Max-Age", "600");
    response.status(204).end();
  };
}
