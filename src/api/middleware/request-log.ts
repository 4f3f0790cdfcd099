import { randomUUID } from "node:crypto";
import type { RequestHandler } from "express";
import type { Logger } from "pino";

/**
 * Gives every request an id (the caller's own, when it is of a harmless form) and writes one line
 * when it is over: ids, but no headers, no query and no body, so no secret and no personal data.
 */
export function createRequestLog(log: Logger): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    response.locals["startedAt"] = startedAt;
    const given = request.get("X-Request-Id");
    const requestId = given !== undefined && /^[\w.-]{1,100}$/.test(given) ? given : randomUUID();
    response.locals["requestId"] = requestId;
    response.setHeader("X-Request-Id", requestId);
    response.on("close", () => {
      log.info(
        {
          requestId,
          method: request.method,
          endpoint: response.locals["endpoint"],
          caller: response.locals["caller"],
          companyId: response.locals["companyId"],
          status: response.statusCode,
          durationMs: Math.round(performance.now() - startedAt),
          isAborted: response.writableFinished ? undefined : true,
        },
        "request",
      );
    });
    next();
  };
}
