import type { Route } from "../../../src/api/define-route.ts";
import { describeApi } from "../../../src/api/openapi.ts";
import { routes } from "../../../src/api/routes/registry.ts";
import { operationName } from "./contract-document.ts";

/** A JSON schema with its references followed. */
export type Schema = Record<string, unknown> & {
  type?: string;
  format?: string;
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  enum?: unknown[];
  const?: unknown;
  minimum?: number;
  minLength?: number;
  maxLength?: number;
};

export interface QueryParameter {
  name: string;
  required: boolean;
  schema: Schema;
}

/** An operation as our own OpenAPI document describes it. */
export interface DescribedOperation {
  /** "PUT /clients/{}", as in the contracts. */
  name: string;
  method: string;
  /** "/clients/{id}" */
  path: string;
  route: Route;
  query: QueryParameter[];
  /** Of a JSON body. */
  body: Schema | undefined;
}

interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown> };
}
interface Operation {
  parameters: { name?: string; in?: string; required?: boolean; schema?: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, unknown>;
}

/** The document as a reader gets it. */
export const document: Document = JSON.parse(JSON.stringify(describeApi(routes)));

export const operations: readonly DescribedOperation[] = routes.flatMap((route) => {
  const path = route.path.replaceAll(/:(\w+)/g, "{$1}");
  return [route.method, ...(route.alsoPatch ? ["patch"] : [])].map((method): DescribedOperation => {
    const described = document.paths[path]![method]!;
    const json = described.requestBody?.content["application/json"]?.schema;
    return {
      name: operationName(method, path),
      method: method.toUpperCase(),
      path,
      route,
      query: described.parameters
        .filter((parameter) => parameter.in === "query")
        .map(({ name = "", required = false, schema = {} }) => ({
          name,
          required,
          schema: followed(schema),
        })),
      body: json === undefined ? undefined : followed(json),
    };
  });
});

export function operationNamed(name: string): DescribedOperation {
  const operation = operations.find((each) => each.name === name);
  if (operation === undefined) throw new Error(`We do not serve ${name}.`);
  return operation;
}

/** The address of a path with ids of nothing. */
export function addressOfNothing(path: string, id: string): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name) =>
    name === "uuid" || path.startsWith("/runs/") ? "018f0000-0000-7000-8000-000000000000" : id,
  );
}

function followed(schema: Schema): Schema {
  const follow = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(follow);
    if (typeof value !== "object" || value === null) return value;
    const reference = "$ref" in value ? String(value.$ref) : undefined;
    if (reference !== undefined) {
      return follow(document.components.schemas[reference.replace(/^.*\//, "")]);
    }
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, follow(part)]));
  };
  return follow(schema) as Schema;
}
