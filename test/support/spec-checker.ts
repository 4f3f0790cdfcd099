import { z } from "zod";
import type { Exchange } from "../../sandbox/server.ts";
import type { SandboxRequest } from "../../sandbox/provider.ts";
import {
  objectOf,
  readContract,
  type Contract,
  type Operation,
  type Schema,
} from "./spec-operations.ts";

export interface SpecCheckerOptions {
  /** What the vendor publishes: OpenAPI 3, Swagger 2 or a discovery document. */
  document: unknown;
  /** What stands before the paths of the document, here. */
  prefix?: string;
  /** Requests it does not describe, as "POST /oauth/token". */
  ignores?: RegExp;
  /** What the document is known to have wrong: lines that are no problem. */
  excuses?: RegExp;
}

/** Judges exchanges by a vendor's contract: what we asked, and what our sandbox answered in its name. */
export function createSpecChecker({
  document,
  prefix = "",
  ignores = /^$/,
  excuses = /^$/,
}: SpecCheckerOptions): (exchange: Exchange) => string[] {
  const contract = readContract(document);
  const judges = new Map<Schema, z.ZodType>();
  const judge = (schema: Schema): z.ZodType => {
    const known = judges.get(schema) ?? compile(schema, contract);
    judges.set(schema, known);
    return known;
  };
  return ({ request, answer }) => {
    const name = `${request.method} ${request.path}`;
    if (ignores.test(name)) return [];
    const operation = findOperation(contract, request, prefix);
    if (operation === undefined) return [`${name}: the contract has no such operation`];
    return [
      ...judgeParameters(operation, request, judge),
      ...judgeBody(operation, request, judge, contract),
      ...judgeAnswer(operation, answer, judge),
    ]
      .map((problem) => `${name}: ${problem}`)
      .filter((line) => !excuses.test(line));
  };
}

function compile(schema: Schema, { defs }: Contract): z.ZodType {
  return z.fromJSONSchema({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    ...schema,
    $defs: defs,
  });
}

/** The one with the fewest names in its path: /charges/search is not a charge. */
function findOperation(
  { operations }: Contract,
  { method, path }: SandboxRequest,
  prefix: string,
): Operation | undefined {
  return operations
    .filter((operation) => operation.method === method)
    .filter((operation) => {
      const pattern = operation.path.replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`);
      return new RegExp(`^${prefix}${pattern.replaceAll(/\{[^}]+\}/g, "[^/]+")}$`).test(path);
    })
    .toSorted((one, other) => one.path.split("{").length - other.path.split("{").length)[0];
}

type Judge = (schema: Schema) => z.ZodType;

function judgeParameters(operation: Operation, request: SandboxRequest, judge: Judge): string[] {
  const { parameters } = operation;
  const problems: string[] = [];
  for (const parameter of parameters) {
    if (parameter.in === "path") continue;
    const value =
      parameter.in === "query"
        ? request.query.get(parameter.name)
        : (request.headers[parameter.name.toLowerCase()] ?? null);
    if (value === null) {
      const isCredential = ["authorization", "token"].includes(parameter.name.toLowerCase());
      if (parameter.isRequired && !isCredential) problems.push(`${parameter.name} is missing`);
    } else {
      problems.push(
        ...issuesOf(judge(parameter.schema), fromText(value, parameter.schema), parameter.name),
      );
    }
  }
  const known = new Set(parameters.map(({ name }) => name.split("[")[0]));
  const unknown = [...request.query.keys()].filter((name) => !known.has(name.split("[")[0] ?? ""));
  return [...problems, ...unknown.map((name) => `the query has an unknown ${name}`)];
}

function judgeBody(
  { bodies }: Operation,
  request: SandboxRequest,
  judge: Judge,
  contract: Contract,
): string[] {
  if (request.body === "" || Object.keys(bodies).length === 0) return [];
  const type = request.headers["content-type"]?.split(";")[0] ?? "";
  const schema = bodies[type];
  if (schema === undefined) return [`the contract knows no body of type ${type}`];
  const value = type.includes("json")
    ? request.json()
    : readNested(request.form(), schema, contract);
  if (value === undefined) return ["the body is no JSON"];
  return issuesOf(judge(schema), value, "body");
}

function judgeAnswer(
  { answers }: Operation,
  { status, body }: Exchange["answer"],
  judge: Judge,
): string[] {
  const schema = answers[String(status)] ?? answers[`${String(status)[0]}XX`] ?? answers["default"];
  // A contract that says nothing of a status does not forbid it, and an answer may be empty.
  if (schema === undefined || Object.keys(schema).length === 0) return [];
  if (body === undefined || typeof body === "string") return [];
  return issuesOf(judge(schema), JSON.parse(JSON.stringify(body)), `answer ${status}`);
}

function issuesOf(judge: z.ZodType, value: unknown, what: string): string[] {
  const judged = judge.safeParse(value);
  if (judged.success) return [];
  return judged.error.issues
    .slice(0, 5)
    .map((issue) => `${what}.${issue.path.join(".")}: ${issue.message}`);
}

/** `a[b]=1` as `{a: {b: 1}}`, texts as what the schema wants them to be. */
function readNested(form: URLSearchParams, schema: Schema, { defs }: Contract): Schema {
  const tree: Schema = {};
  for (const [name, value] of form) {
    const keys = name.split(/[[\]]+/).filter((part, place) => place === 0 || part !== "");
    let here = tree;
    for (const key of keys.slice(0, -1)) here = (here[key] ??= {}) as Schema;
    here[keys.at(-1) ?? name] = value;
  }
  return objectOf(shape(tree, schema, defs));
}

function shape(value: unknown, schema: Schema, defs: Contract["defs"]): unknown {
  const ref = schema["$ref"];
  if (typeof ref === "string") return shape(value, defs[ref.split("/").at(-1) ?? ""] ?? {}, defs);
  if (typeof value === "string") return fromText(value, schema);
  const options = [schema, ...(Array.isArray(schema["anyOf"]) ? schema["anyOf"] : [])].map(
    objectOf,
  );
  const array = options.find((option) => option["type"] === "array");
  if (array !== undefined && Object.keys(objectOf(value)).every((key) => /^\d+$/.test(key))) {
    return Object.values(objectOf(value)).map((item) =>
      shape(item, objectOf(array["items"]), defs),
    );
  }
  const properties = options.map((option) => objectOf(option["properties"]));
  return Object.fromEntries(
    Object.entries(objectOf(value)).map(([key, inner]) => {
      const found = properties.find((each) => key in each)?.[key];
      return [key, shape(inner, objectOf(found), defs)];
    }),
  );
}

/** What travels as text is what the schema says it is, where it can be. */
function fromText(text: string, schema: Schema): unknown {
  const options = [schema, ...(Array.isArray(schema["anyOf"]) ? schema["anyOf"] : [])].map(
    objectOf,
  );
  const types = options.flatMap((option) => option["type"]);
  if ((types.includes("integer") || types.includes("number")) && /^-?\d+(\.\d+)?$/.test(text)) {
    return Number(text);
  }
  if (types.includes("boolean") && /^(true|false)$/.test(text)) return text === "true";
  if (types.includes("array") && !types.includes("string")) return text.split(",");
  return text;
}
