import { z } from "zod";
import { contentTypeOf } from "../platform/file-kinds.ts";
import { errorJson } from "./answers.ts";
import type { Route } from "./define-route.ts";
import { isSessionOnly, minimumRoleOf, scopesOf } from "./define-route.ts";
import { heedsIfMatch } from "./middleware/preconditions.ts";
import type { UploadRule } from "./middleware/uploads.ts";
import { describeScope, scopes } from "./scopes.ts";

type Json = Record<string, unknown>;
/** What we build on of a JSON schema. */
type SchemaJson = Json & { properties?: Record<string, Json>; required?: string[] };

/**
 * The API as an OpenAPI 3.1 document, from the very schemas that check the requests: what is not
 * enforced is not documented, and the other way round.
 */
export function describeApi(routes: readonly Route[]): Json {
  const schemas: Json = {};
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, "{$1}");
    const methods = route.alsoPatch ? [route.method, "patch"] : [route.method];
    for (const method of methods) {
      paths[path] = { ...paths[path], [method]: describeRoute(route, method, schemas) };
    }
  }
  const errorSchema = toSchema(errorJson, "output", schemas);
  return {
    openapi: "3.1.0",
    info: {
      title: "Nightledger API",
      version: "1",
      description:
        "Amounts are whole numbers in the currency's minor unit; each rate says whether it is basis points " +
        "or per cent (`tax_rate` inside `line_items` is per cent, `tax_rate_1` and `tax_rate_2` are basis " +
        "points everywhere). Dates are YYYY-MM-DD and instants UTC. Errors are `{ message, code, errors, request_id }`.",
    },
    servers: [{ url: "/api/v1" }],
    tags: [...new Set(routes.map((route) => route.tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: { ...schemas, Error: errorSchema },
      securitySchemes: {
        bearer: {
          type: "http",
          scheme: "bearer",
          description:
            "A session token from /auth/login, an API token (nl_…) or an app's access token (nlo_…), " +
            "both with scopes.",
        },
        oauth2: {
          type: "oauth2",
          description:
            "For apps that other people use: the authorization code flow with PKCE (S256). The metadata " +
            "(RFC 8414) is at /.well-known/oauth-authorization-server.",
          flows: {
            authorizationCode: {
              authorizationUrl: "/oauth/authorize",
              tokenUrl: "/oauth/token",
              refreshUrl: "/oauth/token",
              scopes: Object.fromEntries(scopes.map((scope) => [scope, describeScope(scope)])),
            },
          },
        },
      },
      parameters: headerParameters,
      responses: Object.fromEntries(
        Object.entries(errorResponses).map(([status, description]) => [
          `Error${status}`,
          {
            description,
            content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
          },
        ]),
      ),
    },
  };
}

const errorResponses: Record<number, string> = {
  400: "The request is malformed.",
  401: "Who are you? The token is missing, unknown, expired or revoked.",
  403: "You may not: a scope, a role or a plan is lacking. The message names it.",
  404: "There is no such record, or it belongs to another company.",
  409: "The record's state forbids it, or a request with this Idempotency-Key still runs.",
  410: "There was such a thing, and its time is over.",
  412: "The record has changed since it was read (If-Match).",
  413: "The body, or a file in it, is too large.",
  415: "The body, or a file in it, is of a kind that is not read here.",
  422: "A value is wrong. `errors` names each field.",
  429: "Too many requests. `Retry-After` says when to come again.",
  500: "Something went wrong on our side.",
  502: "A provider did not answer, or refused. The message says which.",
  503: "Not now. Try again.",
};

const headerParameters: Json = {
  CompanyId: {
    name: "X-Company-Id",
    in: "header",
    description: "Which company; otherwise the token's, otherwise the user's current one.",
    schema: { type: "integer", minimum: 1 },
  },
  IdempotencyKey: {
    name: "Idempotency-Key",
    in: "header",
    description: "The same key and body within 24 hours give the first answer again.",
    schema: { type: "string", minLength: 1, maxLength: 255 },
  },
  IfMatch: {
    name: "If-Match",
    in: "header",
    description: "The ETag read before; 412 when the record has changed since.",
    schema: { type: "string" },
  },
  IfNoneMatch: {
    name: "If-None-Match",
    in: "header",
    description: "An ETag; 304 when the record is still the same.",
    schema: { type: "string" },
  },
};

/** What lets a request in, one or the other: none, a bearer token, an app's with the scopes it needs. */
function securityOf({ access }: Route): Json[] {
  if (access === "public") return [];
  const needed = typeof access === "object" ? scopesOf(access) : [];
  return isSessionOnly(access) ? [{ bearer: needed }] : [{ bearer: needed }, { oauth2: needed }];
}

function describeRoute(route: Route, method: string, schemas: Json): Json {
  const who = describeAccess(route);
  return {
    operationId: operationId(method, route.path),
    tags: [route.tag],
    summary: route.summary,
    description: [route.description, who].filter(Boolean).join("\n\n"),
    security: securityOf(route),
    parameters: [
      ...parametersIn("path", route.params, schemas),
      ...parametersIn("query", route.query, schemas),
      ...headersOf(route, method).map((name) => ({ $ref: `#/components/parameters/${name}` })),
    ],
    ...(route.body === undefined ? {} : { requestBody: describeBody(route, method, schemas) }),
    ...(route.upload === undefined ? {} : { requestBody: describeUpload(route.upload) }),
    ...(route.raw === undefined
      ? {}
      : { requestBody: { required: true, content: { [route.raw.contentType]: {} } } }),
    responses: describeAnswers(route, method, schemas),
  };
}

function describeAccess(route: Route): string {
  if (route.access === "public") return "";
  if (route.access === "session")
    return "Only for a person who is signed in, not with an API token.";
  if (typeof route.access !== "object") return "";
  const session = route.access.sessionOnly === true ? " Not with an API token." : "";
  const { scope, further = [] } = route.access;
  return `Least role: ${minimumRoleOf(route)}. Scope: ${[scope, ...further].join(", ")}.${session}`;
}

function headersOf(route: Route, method: string): string[] {
  const names: string[] = [];
  if (route.access !== "public") names.push("CompanyId");
  if (method === "post" && route.isTransactional && route.raw === undefined)
    names.push("IdempotencyKey");
  if (method === "get") names.push("IfNoneMatch");
  if (heedsIfMatch(route)) names.push("IfMatch");
  return names;
}

function parametersIn(where: "path" | "query", schema: z.ZodType | undefined, schemas: Json) {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = toSchema(schema, "input", schemas);
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: where,
    required: where === "path" || required.includes(name),
    ...(property["type"] === "object" ? { style: "deepObject", explode: true } : {}),
    schema: property,
  }));
}

function describeBody(route: Route, method: string, schemas: Json): Json {
  const schema: SchemaJson = route.body === undefined ? {} : toSchema(route.body, "input", schemas);
  const required = [...(schema.required ?? []), ...(method === "put" ? route.putRequires : [])];
  return {
    required: required.length > 0,
    content: {
      "application/json": { schema: required.length > 0 ? { ...schema, required } : schema },
    },
  };
}

/** One file in a form. What it may be is told by its content. */
function describeUpload({ field, bytesMax, kinds }: UploadRule): Json {
  const description = `At most ${bytesMax} bytes.`;
  const schema = {
    type: "object",
    properties: {
      [field]: { type: "string", contentMediaType: "application/octet-stream", description },
    },
    required: [field],
    additionalProperties: false,
  };
  const encoding = { [field]: { contentType: kinds.map(contentTypeOf).join(", ") } };
  return { required: true, content: { "multipart/form-data": { schema, encoding } } };
}

function describeJson({ alsoCsv }: Route, schema: SchemaJson): Json {
  const content = { "application/json": { schema } };
  if (!alsoCsv) return { content };
  const file = describeFile({ contentType: contentTypeOf("csv") });
  return { ...file, content: { ...content, ...Object(file["content"]) } };
}

/** A download, with the headers that every one has (API.md rule 11). */
function describeFile({ contentType }: { contentType: string | readonly string[] }): Json {
  return {
    headers: {
      "Content-Disposition": textHeader("Name of the file, and whether it is to be shown or kept."),
      "Repr-Digest": textHeader("SHA-256 of the bytes sent (RFC 9530)."),
      "x-billabled-export-sha256": textHeader("The same in hex."),
    },
    content: Object.fromEntries([contentType].flat().map((type) => [type, {}])),
  };
}

function textHeader(description: string): Json {
  return { description, schema: { type: "string" } };
}

function describeAnswers(route: Route, method: string, schemas: Json): Json {
  const answers: Json = {};
  for (const [status, answer] of Object.entries(route.answers)) {
    answers[status] = {
      description: statusNames[status] ?? "An answer.",
      ...(answer === null
        ? {}
        : answer instanceof z.ZodType
          ? describeJson(route, toSchema(answer, "output", schemas))
          : describeFile(answer)),
    };
  }
  const errors = [429, 500, 503, ...route.failures];
  if (route.access !== "public") errors.push(401, 403, 404);
  if (route.params !== undefined) errors.push(400, 404);
  if (route.query !== undefined) errors.push(422);
  // Every change reads a body, if only to refuse what it does not know, and heeds If-Match.
  if (method !== "get") errors.push(400, 412, 413, 415, 422);
  if (method === "post" && route.isTransactional) errors.push(409);
  for (const status of new Set(errors)) {
    answers[status] ??= { $ref: `#/components/responses/Error${status}` };
  }
  return answers;
}

const statusNames: Record<string, string> = {
  200: "Done.",
  201: "Created.",
  202: "Accepted: the work goes on as a run.",
  204: "Done; nothing to say.",
  302: "Go there: see Location.",
  304: "Not changed.",
};

/** "/clients/:client_id/contacts" by get: "getClientsByClientIdContacts". */
function operationId(method: string, path: string): string {
  const words = path.replaceAll(":", "by-").split(/[^A-Za-z0-9]+/);
  const name = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join("");
  return method + name;
}

/** Named schemas go to the components, so that each is written once. */
function toSchema(schema: z.ZodType, io: "input" | "output", schemas: Json): SchemaJson {
  const {
    $schema: _dialect,
    $defs,
    ...rest
  } = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
  });
  for (const [name, definition] of Object.entries($defs ?? {})) {
    schemas[name] ??= withComponentRefs(definition);
  }
  // oxlint-disable-next-line no-unsafe-type-assertion -- the same schema, with other references.
  return withComponentRefs(rest) as SchemaJson;
}

function withComponentRefs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withComponentRefs);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const type = entries.find(([key]) => key === "type")?.[1];
  return Object.fromEntries(
    entries
      // zod repeats the name of a schema inside it; a property called id is an object, not a text.
      .filter(([key, part]) => !(key === "id" && typeof part === "string"))
      // How a number or truth value is read from the text of a query concerns nobody outside.
      .filter(([key]) => !(type === "integer" && key === "pattern"))
      .filter(([key]) => !(type === "boolean" && key === "enum"))
      .map(([key, part]) => [
        key,
        key === "$ref" && typeof part === "string"
          ? part.replace("#/$defs/", "#/components/schemas/")
          : withComponentRefs(part),
      ]),
  );
}
