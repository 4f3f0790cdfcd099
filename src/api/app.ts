import express, { type Express, type RequestHandler, type Router } from "express";
import helmet from "helmet";
import { NotFound } from "../errors.ts";
import type { ApiServices } from "./context.ts";
import { defineRoute, type Route } from "./define-route.ts";
import { createDocs } from "./docs.ts";
import { createAuthenticator } from "./middleware/authenticate.ts";
import { createCors } from "./middleware/cors.ts";
import { answerNotFound, createErrorHandler } from "./middleware/errors.ts";
import { handle, refuseBrokenAddress, type HandlerParts } from "./middleware/handle.ts";
import { createRateLimits } from "./middleware/rate-limits.ts";
import { createRequestLog } from "./middleware/request-log.ts";
import { createUploads } from "./middleware/uploads.ts";
import { createUsageRecorder } from "./middleware/usage.ts";
import { createOAuth } from "./oauth/router.ts";
import { describeApi } from "./openapi.ts";
import { parseQuery } from "./query.ts";
import { routes } from "./routes/registry.ts";

export interface Mount {
  path: string;
  handler: RequestHandler | Router;
}

/** Every other address: counted and refused like any request. */
const unknownRoute = defineRoute({
  method: "get",
  path: "/unknown",
  summary: "No such address",
  tag: "Reference",
  access: "public",
  answers: {},
  async run() {
    throw new NotFound("This address was");
  },
});

/** GET /openapi.json — made once, when first asked for. */
function openApiRoute(): Route {
  let document: ReturnType<typeof describeApi> | undefined;
  return defineRoute({
    method: "get",
    path: "/openapi.json",
    summary: "This API as an OpenAPI document",
    tag: "Reference",
    access: "public",
    answers: {},
    async run() {
      document ??= describeApi(routes);
      return { status: 200, body: document };
    },
  });
}

/** "/invoices/:id" is under "invoices". No route begins with a parameter. */
function firstWordOf(path: string): string {
  return path.split("/", 2)[1] ?? "";
}

export interface Api {
  app: Express;
  /** Writes what is still in memory (usage, rate limits). Call when the server takes no more. */
  close(): Promise<void>;
}

/**
 * The HTTP application. `mounts` are other parts' pages and probes (/console, /healthz, /readyz,
 * /metrics); they bring their own checks.
 */
export function createApp(services: ApiServices, mounts: readonly Mount[] = []): Api {
  const { log, settings } = services;
  const parts: HandlerParts = {
    services,
    authenticator: createAuthenticator(services),
    rateLimits: createRateLimits(services),
    usage: createUsageRecorder(services),
    uploads: createUploads(services),
    readJson: express.json({ limit: settings.bodyBytesMax, type: ["application/json", "+json"] }),
  };

  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.set("trust proxy", settings.trustedProxies);
  app.set("query parser", parseQuery);
  // Whether plain http is good enough is for who installs us to say; do not send pages to https.
  const secured = helmet({
    contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
  });

  const api = express.Router({ caseSensitive: true });
  api.use(createCors(settings.corsOrigins));
  api.use((_request, response, next) => {
    // Answers are about one caller's money: no cache between us may keep them.
    response.setHeader("Cache-Control", "private, no-cache");
    next();
  });
  api.use(refuseBrokenAddress(parts));
  const neighbours = new Map<string, Router>();
  for (const route of [openApiRoute(), ...routes]) {
    const word = firstWordOf(route.path);
    const router = neighbours.get(word) ?? express.Router({ caseSensitive: true });
    neighbours.set(word, router);
    const handler = handle(route, parts);
    router[route.method](route.path, handler);
    if (route.alsoPatch) router.patch(route.path, handler);
  }
  // Compared with the routes that begin alike, not with all there are.
  api.use((request, response, next) => {
    const router = neighbours.get(firstWordOf(request.path));
    if (router === undefined) next();
    else router(request, response, next);
  });
  api.use(handle(unknownRoute, parts));

  app.use(createRequestLog(log));
  // First what is asked for most: nothing else is looked for under this address.
  app.use(["/api/v1", "/api"], secured, api);
  for (const mount of mounts) app.use(mount.path, mount.handler);
  app.use(secured);
  app.use("/docs", createDocs());
  app.use(createOAuth(services, parts));
  app.use(answerNotFound);
  app.use(createErrorHandler(log, services.publicUrl));

  return {
    app,
    async close() {
      await Promise.all([parts.usage.close(), parts.rateLimits.close()]);
    },
  };
}
