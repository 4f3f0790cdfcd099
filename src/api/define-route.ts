import type { Request } from "express";
import type { z } from "zod";
import { Forbidden, NotFound } from "../errors.ts";
import { isAtLeast, type Role } from "../db/company-members.ts";
import type { Sql, Tx } from "../db/client.ts";
import { readCookie } from "../platform/cookies.ts";
import type { Answer } from "./answers.ts";
import { isIfMatch } from "./answers.ts";
import type {
  ApiServices,
  Caller,
  CompanyContext,
  DatabaseOf,
  PublicContext,
  SignedInContext,
} from "./context.ts";
import type { UploadedFile } from "../actions/uploaded-file.ts";
import { PreconditionFailed } from "./failures.ts";
import { allows, type Identity } from "./middleware/authenticate.ts";
import type { UploadRule } from "./middleware/uploads.ts";
import { scopesNeededBy, type Scope } from "./scopes.ts";

export type Method = "get" | "post" | "put" | "patch" | "delete";

/** Work in a company with a scope; a session has all scopes, its role decides. */
export interface ScopedAccess {
  scope: Scope;
  /** Scopes of other resources that it takes as well: what it reads or makes beside its own. */
  further?: readonly Scope[];
  /** Least role. Default: viewer to read, member to write, admin for settings:write. */
  minimumRole?: Role;
  /** Never with an API token. */
  sessionOnly?: boolean;
}

/**
 * Who may call: anybody ("public"), anybody signed in ("signed-in": session or token, company or
 * not), a person's session ("session", company or not), anybody in a company ("company": the route
 * itself asks `mayUse`), or by scope.
 */
export type Access = "public" | "signed-in" | "session" | "company" | ScopedAccess;

type ContextOf<A extends Access> = A extends "public"
  ? PublicContext
  : A extends "signed-in" | "session"
    ? SignedInContext
    : CompanyContext;

/** A body that is taken as it comes, for whoever sent it signed its bytes. */
export interface RawRule {
  bytesMax: number;
  /** For the reference: what the bytes are. */
  contentType: string;
}

/** Bytes as they came, and what was said about them. */
export interface RawBody {
  bytes: Buffer;
  header: (name: string) => string | undefined;
}

type Input<P, Q, B, U, R> = {
  params: P extends z.ZodType ? z.output<P> : undefined;
  query: Q extends z.ZodType ? z.output<Q> : undefined;
  body: B extends z.ZodType ? z.output<B> : undefined;
  file: U extends UploadRule ? UploadedFile : undefined;
  raw: R extends RawRule ? RawBody : undefined;
};

export interface RouteDefinition<
  M extends Method,
  A extends Access,
  P extends z.ZodType | undefined,
  Q extends z.ZodType | undefined,
  B extends z.ZodType | undefined,
  T extends boolean,
  U extends UploadRule | undefined,
  R extends RawRule | undefined,
> {
  method: M;
  /** Also answers PATCH, with the same meaning (the base contract has both). Only with "put". */
  alsoPatch?: boolean;
  /** Keys that PUT must give although PATCH may leave them out. */
  putRequires?: readonly string[];
  /** As Express writes it, without the mount: "/clients/:id". */
  path: `/${string}`;
  summary: string;
  description?: string;
  /** Heading in the reference page. */
  tag: string;
  access: A;
  /** Wrong values are 404: there is no such address. */
  params?: P;
  query?: Q;
  /** A strict object: keys it does not know are refused. */
  body?: B;
  /** A file in a multipart body, in place of `body`. Only where a change is made in a company. */
  upload?: U;
  /**
   * In place of `body`, for a public route that knows by a signature who sends. Only what it refuses is
   * counted as a request: a provider sends what happened, however much that is.
   */
  raw?: R;
  /** Content type, or types, of an answer that is no JSON. */
  answers: Readonly<Record<number, z.ZodType | { contentType: string | readonly string[] } | null>>;
  /** Answers the same as a CSV file to whoever likes that better (Accept: text/csv). */
  alsoCsv?: boolean;
  /** Statuses of failures of its own, beside those that every route of its kind has. */
  failures?: readonly number[];
  /** A changing request runs in one transaction; false for those that must not (sign-in). */
  isTransactional?: T;
  /** The answer holds a secret: what is kept for an Idempotency-Key is sealed. */
  answerIsSecret?: boolean;
  /** Ends sessions although nobody is signed in: what was remembered of callers is forgotten. */
  endsSessions?: boolean;
  run(context: ContextOf<A> & DatabaseOf<M, T>, input: Input<P, Q, B, U, R>): Promise<Answer>;
}

/** A route with its types folded away: what app and OpenAPI read. */
export interface Route {
  method: Method;
  alsoPatch: boolean;
  putRequires: readonly string[];
  path: string;
  summary: string;
  description: string | undefined;
  tag: string;
  access: Access;
  params: z.ZodType | undefined;
  query: z.ZodType | undefined;
  body: z.ZodType | undefined;
  upload: UploadRule | undefined;
  raw: RawRule | undefined;
  answers: RouteDefinition<
    Method,
    Access,
    undefined,
    undefined,
    undefined,
    boolean,
    undefined,
    undefined
  >["answers"];
  alsoCsv: boolean;
  failures: readonly number[];
  isTransactional: boolean;
  answerIsSecret: boolean;
  endsSessions: boolean;
  run(
    context: (PublicContext | SignedInContext | CompanyContext) & ({ sql: Sql } | { tx: Tx }),
    input: {
      params: unknown;
      query: unknown;
      body: unknown;
      file?: UploadedFile | undefined;
      raw?: RawBody | undefined;
    },
  ): Promise<Answer>;
}

/** Declares one operation of the API: policy first, then one function. */
export function defineRoute<
  const M extends Method,
  const A extends Access,
  P extends z.ZodType | undefined = undefined,
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
  const T extends boolean = true,
  U extends UploadRule | undefined = undefined,
  R extends RawRule | undefined = undefined,
>(definition: RouteDefinition<M, A, P, Q, B, T, U, R>): Route {
  return {
    method: definition.method,
    alsoPatch: definition.alsoPatch ?? false,
    putRequires: definition.putRequires ?? [],
    path: definition.path,
    summary: definition.summary,
    description: definition.description,
    tag: definition.tag,
    access: definition.access,
    params: definition.params,
    query: definition.query,
    body: definition.body,
    upload: definition.upload,
    raw: definition.raw,
    answers: definition.answers,
    alsoCsv: definition.alsoCsv ?? false,
    failures: definition.failures ?? [],
    isTransactional: definition.method !== "get" && (definition.isTransactional ?? true),
    answerIsSecret: definition.answerIsSecret ?? false,
    endsSessions: definition.endsSessions ?? false,
    // The one cast: app.ts builds the context by `access` and the input by the schemas given here.
    run: definition.run.bind<Route["run"]>(definition),
  };
}

/** Builds what a route gets, and refuses who may not (API.md rules 3 and 4). */
export function contextFor(
  route: Route,
  services: ApiServices,
  request: Request,
  { identity, requestId }: { identity: Identity | undefined; requestId: string },
): PublicContext | SignedInContext | CompanyContext {
  const common: PublicContext = {
    services,
    clock: services.clock,
    requestId,
    // Made for those that ask for them.
    get ip() {
      return request.ip ?? "";
    },
    get log() {
      return services.log.child({ requestId });
    },
    prefers: (types) => {
      request.res?.vary("Accept");
      const liked = request.accepts([...types]);
      return types.find((type) => type === liked);
    },
    cookie: (name) => readCookie(request.get("Cookie"), name),
  };
  if (route.access === "public" || identity === undefined) return common;
  const { user, caller, company, role } = identity;
  if (isSessionOnly(route.access)) requireSession(caller);
  if (typeof route.access === "object") {
    for (const scope of scopesOf(route.access)) requireScope(caller, scope);
  }
  const signedIn: SignedInContext = Object.assign(common, {
    user,
    caller,
    company,
    role,
    mayUse: (scope: Scope) => allows(caller, scope),
    checkIfMatch(row: { updatedAt: Date }) {
      const header = request.get("If-Match");
      if (header !== undefined && !isIfMatch(header, row)) throw new PreconditionFailed();
    },
  });
  if (route.access === "signed-in" || route.access === "session") return signedIn;
  if (company === undefined || role === undefined) throw new NotFound("Company");
  requireRole(role, minimumRoleOf(route));
  return Object.assign(signedIn, { company, role, now: company.testNow ?? services.clock.now() });
}

/** Every scope that a token must have, a write or send scope's read scope before it. */
export function scopesOf({ scope, further = [] }: ScopedAccess): Scope[] {
  return [...new Set([scope, ...further].flatMap(scopesNeededBy))];
}

/** Throws Forbidden naming the scope that the caller's token lacks (API.md rule 3). */
export function requireScope(caller: Caller, scope: Scope): void {
  if (allows(caller, scope)) return;
  throw new Forbidden(`This token lacks the scope ${scope}.`, {
    code: "missing_scope",
    details: { scope },
  });
}

/** Throws Forbidden for an API token (API.md rule 3). */
export function requireSession(caller: Caller): void {
  if (caller.kind === "session") return;
  throw new Forbidden(
    "This can only be done by a person who is signed in, not with an API token.",
    {
      code: "session_required",
    },
  );
}

/** Throws Forbidden naming the role that is needed. */
export function requireRole(role: Role, minimum: Role): void {
  if (isAtLeast(role, minimum)) return;
  throw new Forbidden(`This needs the role ${minimum}; yours is ${role}.`, {
    code: "role_required",
    details: { role: minimum },
  });
}

/** Least role for a route in a company; undefined where roles do not count. */
export function minimumRoleOf(route: Route): Role {
  if (typeof route.access === "object") {
    if (route.access.minimumRole !== undefined) return route.access.minimumRole;
    if (route.access.scope === "settings:write") return "admin";
  }
  return route.method === "get" ? "viewer" : "member";
}

/** Whether no token may, whatever its scopes. */
export function isSessionOnly(access: Access): boolean {
  return access === "session" || (typeof access === "object" && access.sessionOnly === true);
}
