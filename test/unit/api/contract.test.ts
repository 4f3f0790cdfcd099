import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { describeApi } from "../../../src/api/openapi.ts";
import { routes } from "../../../src/api/routes/registry.ts";
import { describeWithData } from "../../support/shared-data.ts";

interface Parameter {
  name: string;
  type: string;
  optional: boolean;
  rules: string;
}
interface Endpoint {
  title: string;
  operations: string[];
  params: { body?: Parameter[]; query?: Parameter[] };
}
type Schema = Record<string, unknown> & {
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
};
interface Described {
  parameters: { name?: string; schema?: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}

const withoutNames = (path: string): string => path.replaceAll(/\{[^}]*\}/g, "{}");

describeWithData("contracts/tidybill.json", (file) => {
  const endpoints: Endpoint[] = JSON.parse(readFileSync(file, "utf8"));
  const { paths }: { paths: Record<string, Record<string, Described>> } = JSON.parse(
    JSON.stringify(describeApi(routes)),
  );
  const described = new Map(
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => [
        `${method.toUpperCase()} ${withoutNames(path)}`,
        operation,
      ]),
    ),
  );
  const wanted = endpoints.flatMap((endpoint) =>
    endpoint.operations
      .map((operation) => withoutNames(operation.replace(" /api", " ")))
      .map((operation) => ({
        operation,
        body: endpoint.params.body ?? [],
        query: endpoint.params.query ?? [],
      })),
  );

  test("has every operation of the resources we serve", () => {
    const missing = wanted.filter(({ operation }) => !described.has(operation));
    expect(missing.map(({ operation }) => operation)).toEqual([]);
    expect(wanted.length).toBeGreaterThan(60);
  });

  test("every documented parameter of a query is read", () => {
    const unread = wanted.flatMap(({ operation, query }) => {
      const parameters = described.get(operation)?.parameters ?? [];
      const known = parameters.flatMap(({ name, schema }) => [
        name,
        ...Object.keys(schema?.properties ?? {}).map((field) => `${name}[${field}]`),
      ]);
      return query
        .filter(({ name }) => !known.includes(name))
        .map(({ name }) => `${operation} ${name}`);
    });
    expect(unread).toEqual([]);
  });

  test("every documented key of a body is read, and keeps its documented limits", () => {
    const faults: string[] = [];
    for (const { operation, body } of wanted) {
      const content = described.get(operation)?.requestBody?.content ?? {};
      const { "application/json": json, "multipart/form-data": form } = content;
      const schema = (json ?? form)?.schema;
      // The activity log repeats its query as a body.
      if (schema === undefined || operation === "GET /activity-log") continue;
      for (const { name, optional, rules } of body) {
        const owner = ownerOf(schema, name);
        const property = owner?.properties?.[name];
        if (owner === undefined || property === undefined) {
          faults.push(`${operation}: ${name} is not read`);
          continue;
        }
        const isRequired = owner.required?.includes(name) ?? false;
        // PATCH may leave out what PUT must give; bulk actions need their ids.
        const isOurs = operation.startsWith("PATCH") || name === "ids";
        if (isRequired === optional && !isOurs) faults.push(`${operation}: ${name} required`);
        // An invoice of 999,999,999,999.99 (case F21) can be paid at once, which the contract forgot; and
        // it writes the kilobytes of a file as characters.
        if (name === "amount" || form !== undefined) continue;
        faults.push(...limitFaults(property, rules).map((text) => `${operation}: ${name} ${text}`));
      }
    }
    expect(faults).toEqual([]);
  });
});

/** Where the schema says something else than "Must not be greater than 255 characters" and the like. */
function limitFaults(property: Schema, rules: string): string[] {
  const alternatives = flatten(property);
  const faults: string[] = [];
  const check = (pattern: RegExp, key: string): void => {
    const limit = pattern.exec(rules)?.[1];
    if (limit === undefined) return;
    if (!alternatives.some((schema) => schema[key] === Number(limit))) {
      faults.push(`${key} is not ${limit}`);
    }
  };
  check(/not be greater than (\d+) characters/, "maxLength");
  check(/at least (\d+) characters/, "minLength");
  check(/Must be (\d+) characters/, "maxLength");
  if (alternatives.some((schema) => schema["type"] === "integer")) {
    check(/not be greater than (\d+)\./, "maximum");
    check(/at least (\d+)\./, "minimum");
  }
  return faults;
}

/** The object that has this key: the contract writes the keys of a list's items beside the list. */
function ownerOf(schema: Schema, name: string): Schema | undefined {
  if (schema.properties?.[name] !== undefined) return schema;
  return Object.values(schema.properties ?? {})
    .flatMap(flatten)
    .map((property) => (property.items === undefined ? undefined : ownerOf(property.items, name)))
    .find((owner) => owner !== undefined);
}

function flatten(schema: Schema): Schema[] {
  return [schema, ...(schema.anyOf ?? []).flatMap(flatten)];
}
