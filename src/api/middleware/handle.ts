import express, { type Request, type RequestHandler, type Response } from "express";
import { z } from "zod";
import type { Tx } from "../../db/client.ts";
import { inTransaction } from "../../db/transaction.ts";
import { InvalidInput, InvalidPayload, NotFound } from "../../errors.ts";
import type { UploadedFile } from "../../actions/uploaded-file.ts";
import { digestHeaders, etagOf, isNoneMatch, toJson, type Answer } from "../answers.ts";
import { hashToken } from "../../platform/tokens.ts";
import type { ApiServices } from "../context.ts";
import { contextFor, type RawBody, type RawRule, type Route } from "../define-route.ts";
import { UnsupportedBody } from "../failures.ts";
import { parse } from "../validation.ts";
import type { Authenticator, Identity } from "./authenticate.ts";
import { checkIdempotencyKey, once, type GivenAnswer } from "./idempotency.ts";
import { checkIfMatch } from "./preconditions.ts";
import type { RateLimits } from "./rate-limits.ts";
import { runMiddleware } from "./run-middleware.ts";
import type { Uploads } from "./uploads.ts";
import type { UsageRecorder } from "./usage.ts";

export interface HandlerParts {
  services: ApiServices;
  authenticator: Authenticator;
  rateLimits: RateLimits;
  usage: UsageRecorder;
  /** Reads a JSON body into request.body; leaves bodies of other kinds alone. */
  readJson: RequestHandler;
  uploads: Uploads;
}

/** Turns a route into an Express handler: who, how often, may they, is it well-formed, then run. */
export function handle(route: Route, parts: HandlerParts): RequestHandler {
  return async (request, response) => {
    const { services, authenticator, rateLimits } = parts;
    const requestId = String(response.locals["requestId"]);
    response.locals["endpoint"] = route.path;
    const identity =
      route.access === "public" ? undefined : await identify(request, response, parts);
    if (identity !== undefined) {
      parts.usage.attribute(request, response, identity);
      response.locals["caller"] = `${identity.caller.kind} ${identity.caller.id}`;
      response.locals["companyId"] = identity.company?.id;
    }
    if (route.raw !== undefined) {
      await answerSigned(route, route.raw, { request, response, requestId, parts });
      return;
    }
    await rateLimits.count(request, response, identity);

    const context = contextFor(route, services, request, { identity, requestId });
    // Only now: nobody who may not come in makes us read a megabyte.
    const takesJson = route.method !== "get" && route.upload === undefined;
    if (takesJson) await runMiddleware(parts.readJson, request, response);
    const input = readInput(route, request);

    if (!route.isTransactional) {
      const answer = await route.run(Object.assign(context, { sql: services.sql }), input);
      if (changesWhoMayWhat(route)) authenticator.forget();
      await send(request, response, answer);
      return;
    }
    const change = async (file?: UploadedFile) => {
      const work = async (tx: Tx) => {
        const header = request.get("If-Match");
        await checkIfMatch(tx, route, { header, context, params: input.params });
        return await route.run(Object.assign(context, { tx }), { ...input, file });
      };
      return await inTransaction(services.sql, async (tx) => {
        const key = route.method === "post" ? request.get("Idempotency-Key") : undefined;
        if (key === undefined) return { answer: await work(tx) };
        const body: unknown = file === undefined ? request.body : { [file.field]: file.digest };
        const call = { route, request, body, identity, services };
        return { replay: await runOnce(tx, key, call, work) };
      });
    };
    const given =
      route.upload === undefined
        ? await change()
        : await parts.uploads.receive(
            { request, response, rule: route.upload, companyId: companyOf(identity) },
            change,
          );
    if (changesWhoMayWhat(route)) authenticator.forget();
    if (given.answer !== undefined) await send(request, response, given.answer);
    else sendGiven(response, given.replay);
  };
}

/** What a provider sends is not counted, as long as it is the provider who sends it. */
async function answerSigned(
  route: Route,
  { bytesMax }: RawRule,
  {
    request,
    response,
    requestId,
    parts: { services, rateLimits },
  }: { request: Request; response: Response; requestId: string; parts: HandlerParts },
): Promise<void> {
  try {
    const read = express.raw({ type: () => true, limit: bytesMax, inflate: false });
    await runMiddleware(read, request, response);
    const body: unknown = request.body;
    const raw: RawBody = {
      bytes: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
      header: (name) => request.get(name),
    };
    const context = contextFor(route, services, request, { identity: undefined, requestId });
    const input = { params: undefined, query: undefined, body: undefined, raw };
    const answer = await inTransaction(
      services.sql,
      async (tx) => await route.run(Object.assign(context, { tx }), input),
    );
    await send(request, response, answer);
  } catch (error) {
    await rateLimits.count(request, response, undefined);
    throw error;
  }
}

/** A percent sign that escapes nothing would stop the router before anybody is counted. */
export function refuseBrokenAddress({ rateLimits }: HandlerParts): RequestHandler {
  return async (request, response, next) => {
    try {
      decodeURIComponent(request.path);
    } catch (error) {
      await rateLimits.count(request, response, undefined);
      throw new InvalidPayload("The address is malformed.", { cause: error });
    }
    next();
  };
}

/** Who comes with a wrong token is counted by address: trying tokens is not free. */
async function identify(
  request: Request,
  response: Response,
  { authenticator, rateLimits }: HandlerParts,
): Promise<Identity> {
  try {
    return await authenticator.identify({
      authorization: request.get("Authorization"),
      companyId: request.get("X-Company-Id"),
    });
  } catch (error) {
    await rateLimits.count(request, response, undefined);
    throw error;
  }
}

/** Files belong to a company: who uploads one works in one. */
function companyOf(identity: Identity | undefined): number {
  if (identity?.company === undefined) throw new NotFound("Company");
  return identity.company.id;
}

async function runOnce(
  tx: Tx,
  key: string,
  call: {
    route: Route;
    request: Request;
    /** What was sent, or what stands for it. */
    body: unknown;
    identity: Identity | undefined;
    services: ApiServices;
  },
  work: (tx: Tx) => Promise<Answer>,
): Promise<GivenAnswer & { isReplayed: boolean }> {
  const { route, request, body, identity, services } = call;
  checkIdempotencyKey(key);
  const companyId = identity?.company?.id ?? null;
  const bearer = request.get("Authorization") ?? "";
  const who = whoRepeats(identity, { body, bearer, isSecret: route.answerIsSecret });
  return await once(
    tx,
    {
      key,
      scope: `${who} company ${companyId ?? "none"}`,
      companyId,
      method: route.method,
      path: `${route.path} ${JSON.stringify(request.params)} ${JSON.stringify(request.query)}`,
      body,
      bearer,
      isSecret: route.answerIsSecret,
      pepper: identity === undefined ? services.settings.ipSalt : "",
      keptMs: services.settings.answersKeptMs,
      now: services.clock.now(),
    },
    async () => {
      const answer = await work(tx);
      const json = answer.body === undefined ? undefined : toJson(answer.body);
      const headers = { ...answer.headers };
      if (answer.version !== undefined && json !== undefined)
        headers["ETag"] = etagOf(answer.version, json);
      return { status: answer.status, headers, json };
    },
  );
}

/** Whose repetition of a request is one: a person's, in whatever session, or a token's. */
function whoRepeats(
  identity: Identity | undefined,
  { body, bearer, isSecret }: { body: unknown; bearer: string; isSecret: boolean },
): string {
  // Nobody in particular: only the very same request can be a repetition.
  if (identity === undefined) return `public ${toJson(body ?? null)}`;
  const { caller, user } = identity;
  // What is kept of a secret answer opens with the caller's own token and no other: an app's newer one
  // is another.
  if (isSecret) return `token ${hashToken(bearer).toString("base64url")}`;
  return caller.kind === "session" ? `user ${user.id}` : `token ${caller.id}`;
}

function readInput(route: Route, request: Request) {
  const params = route.params === undefined ? undefined : readParams(route.params, request);
  const query = route.query === undefined ? undefined : parse(route.query, request.query, "query");
  if (route.method === "get" || route.upload !== undefined) {
    return { params, query, body: undefined };
  }
  const sent: unknown = request.body;
  if (sent === undefined && hasBody(request)) {
    throw new UnsupportedBody("Send the body as application/json.");
  }
  const body = parse(route.body ?? noKeys, sent ?? {}, "body");
  if (request.method === "PUT") requireKeys(route.putRequires, body);
  return { params, query, body };
}

/** There is no such address where a part of it is wrong. */
function readParams(schema: z.ZodType, request: Request): unknown {
  const result = schema.safeParse(request.params);
  if (!result.success) throw new NotFound("Record");
  return result.data;
}

/** The body of a change that takes none: what is in it all the same was meant for something else. */
const noKeys = z.strictObject({});

function requireKeys(keys: readonly string[], body: unknown): void {
  const given = new Map<string, unknown>(Object.entries(body ?? {}));
  const missing = keys.filter((key) => given.get(key) === undefined);
  if (missing.length === 0) return;
  throw new InvalidInput(
    Object.fromEntries(missing.map((key) => [key, ["This field is required."]])),
  );
}

function hasBody(request: Request): boolean {
  const length = request.get("Content-Length");
  return request.get("Transfer-Encoding") !== undefined || (length !== undefined && length !== "0");
}

/** Sessions, companies and settings decide who may what; what was remembered is read anew. */
function changesWhoMayWhat({ access, method, endsSessions }: Route): boolean {
  if (endsSessions) return true;
  if (method === "get") return false;
  if (access === "session" || access === "signed-in") return true;
  return (
    typeof access === "object" && (access.scope === "settings:write" || access.sessionOnly === true)
  );
}

async function send(request: Request, response: Response, answer: Answer): Promise<void> {
  if (answer.send !== undefined) {
    const ended = new AbortController();
    // Only of one that was broken off: what has been sent whole is not to take its connection along.
    response.on("close", () => {
      if (!response.writableFinished) ended.abort();
    });
    response.status(answer.status).set(answer.headers ?? {});
    await answer.send(response, ended.signal);
    response.end();
    return;
  }
  response.statusCode = answer.status;
  if (answer.headers !== undefined) response.set(answer.headers);
  if (answer.bytes !== undefined) {
    response.set(digestHeaders(answer.bytes)).end(answer.bytes);
    return;
  }
  if (answer.body === undefined) {
    response.end();
    return;
  }
  const json = toJson(answer.body);
  const isRead = ["GET", "HEAD"].includes(request.method);
  if (isRead || answer.version !== undefined) {
    const etag = etagOf(answer.version, json);
    response.setHeader("ETag", etag);
    if (isRead && !isNoneMatch(request.get("If-None-Match"), etag)) {
      response.status(304).end();
      return;
    }
  }
  response.setHeader("Content-Type", "application/json; charset=utf-8").end(json);
}

function sendGiven(response: Response, given: GivenAnswer & { isReplayed: boolean }): void {
  response.status(given.status).set(given.headers);
  if (given.isReplayed) response.set("Idempotent-Replayed", "true");
  if (given.json === undefined) response.end();
  else response.set("Content-Type", "application/json; charset=utf-8").end(given.json);
}
