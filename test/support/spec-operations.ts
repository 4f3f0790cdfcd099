/** JSON Schema, as far as we look into it. */
export type Schema = Record<string, unknown>;

export interface Parameter {
  name: string;
  in: "query" | "header" | "path";
  isRequired: boolean;
  schema: Schema;
}

/** One operation of a vendor's contract, whatever dialect it is written in. */
export interface Operation {
  method: string;
  /** "/v1/charges/{charge}". */
  path: string;
  parameters: readonly Parameter[];
  /** Of the body, by media type; empty where none is described. */
  bodies: Readonly<Record<string, Schema>>;
  /** Of the answer, by status or "default". */
  answers: Readonly<Record<string, Schema>>;
}

export interface Contract {
  operations: readonly Operation[];
  /** Named schemas, which others refer to as "#/$defs/Name". */
  defs: Readonly<Record<string, Schema>>;
}

/** Reads OpenAPI 3, Swagger 2 and Google's discovery documents. */
export function readContract(document: unknown): Contract {
  const root = objectOf(document);
  if ("discoveryVersion" in root) return readDiscovery(root);
  if ("swagger" in root) return readSwagger(root);
  return readOpenApi(root);
}

function readOpenApi(root: Schema): Contract {
  const components = objectOf(root["components"]);
  const operations = eachOperation(root, (path, method, described) => {
    const parameters = described.parameters.map((parameter) => followRef(root, parameter));
    const body = followRef(root, objectOf(described.operation["requestBody"]));
    const answers = Object.entries(objectOf(described.operation["responses"])).map(
      ([status, answer]): [string, Schema] => [
        status,
        jsonSchemaOf(objectOf(followRef(root, objectOf(answer))["content"])),
      ],
    );
    return {
      method,
      path,
      parameters: parameters.map((parameter) =>
        toParameter(parameter, objectOf(parameter["schema"])),
      ),
      bodies: mapValues(objectOf(body["content"]), (media) =>
        toDraft(objectOf(objectOf(media)["schema"])),
      ),
      answers: Object.fromEntries(answers),
    };
  });
  return { operations, defs: mapValues(objectOf(components["schemas"]), toDraft) };
}

function readSwagger(root: Schema): Contract {
  const { basePath } = root as { basePath?: string };
  const prefix = (basePath ?? "").replace(/\/$/, "");
  const operations = eachOperation(root, (path, method, { parameters, operation }) => {
    const given = parameters.map((parameter) => followRef(root, parameter));
    const fields = given.filter((parameter) => parameter["in"] === "formData");
    const form: Schema = {
      type: "object",
      required: fields.filter((field) => field["required"] === true).map((field) => field["name"]),
      properties: Object.fromEntries(
        fields.map((field) => [String(field["name"]), toDraft(field)]),
      ),
    };
    const body = given.find((parameter) => parameter["in"] === "body");
    return {
      method,
      path: `${prefix}${path}`,
      parameters: given
        .filter((parameter) => parameter["in"] !== "formData" && parameter["in"] !== "body")
        .map((parameter) => toParameter(parameter, parameter)),
      bodies: {
        ...(fields.length === 0 ? {} : { "application/x-www-form-urlencoded": form }),
        ...(body === undefined ? {} : { "application/json": toDraft(objectOf(body["schema"])) }),
      },
      answers: mapValues(objectOf(operation["responses"]), (answer) =>
        toDraft(objectOf(objectOf(answer)["schema"])),
      ),
    };
  });
  return { operations, defs: mapValues(objectOf(root["definitions"]), toDraft) };
}

function readDiscovery(root: Schema): Contract {
  const common = Object.entries(objectOf(root["parameters"]));
  const operations: Operation[] = [];
  const visit = (resource: Schema): void => {
    for (const inner of Object.values(objectOf(resource["resources"]))) visit(objectOf(inner));
    for (const method of Object.values(objectOf(resource["methods"])).map(objectOf)) {
      const parameters = [...common, ...Object.entries(objectOf(method["parameters"]))];
      operations.push({
        method: String(method["httpMethod"]),
        path: `/${String(root["servicePath"])}${String(method["path"])}`,
        parameters: parameters.map(([name, parameter]) => {
          const schema = objectOf(parameter);
          return toParameter({ ...schema, name, in: schema["location"] }, schema);
        }),
        bodies:
          "request" in method ? { "application/json": toDraft(objectOf(method["request"])) } : {},
        answers: "response" in method ? { "200": toDraft(objectOf(method["response"])) } : {},
      });
    }
  };
  visit(root);
  return { operations, defs: mapValues(objectOf(root["schemas"]), toDraft) };
}

const METHODS = ["get", "post", "put", "patch", "delete"];

function eachOperation(
  root: Schema,
  read: (
    path: string,
    method: string,
    described: { parameters: Schema[]; operation: Schema },
  ) => Operation,
): Operation[] {
  return Object.entries(objectOf(root["paths"])).flatMap(([path, item]) => {
    const shared = listOf(objectOf(item)["parameters"]);
    return Object.entries(objectOf(item))
      .filter(([method]) => METHODS.includes(method))
      .map(([method, operation]) =>
        read(path, method.toUpperCase(), {
          operation: objectOf(operation),
          parameters: [...shared, ...listOf(objectOf(operation)["parameters"])],
        }),
      );
  });
}

function toParameter(parameter: Schema, schema: Schema): Parameter {
  return {
    name: String(parameter["name"]),
    in: parameter["in"] as Parameter["in"],
    isRequired: parameter["required"] === true,
    schema: toDraft(schema),
  };
}

function jsonSchemaOf(content: Schema): Schema {
  const json = Object.entries(content).find(([type]) => type.includes("json"))?.[1];
  return toDraft(objectOf(objectOf(json)["schema"]));
}

function followRef(root: Schema, value: Schema): Schema {
  const ref = value["$ref"];
  if (typeof ref !== "string") return value;
  return ref
    .slice(2)
    .split("/")
    .reduce((part, key) => objectOf(part[key.replaceAll("~1", "/")]), root);
}

const NUMBERS = ["minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"];

/** The parts of a schema that decide, in the words of JSON Schema 2020-12. */
function toDraft(schema: unknown): Schema {
  const from = objectOf(schema);
  const to: Schema = {};
  const ref = from["$ref"];
  if (typeof ref === "string") return { $ref: `#/$defs/${ref.split("/").at(-1)}` };
  if (from["type"] !== undefined && from["type"] !== "any" && from["type"] !== "file") {
    to["type"] = from["type"];
  }
  if (Array.isArray(from["enum"])) to["enum"] = from["enum"];
  if (typeof from["pattern"] === "string") to["pattern"] = from["pattern"];
  for (const name of NUMBERS) {
    // A discovery document writes its numbers as text; `required` of a parameter is a truth value.
    if (from[name] !== undefined) to[name] = Number(from[name]);
  }
  if (Array.isArray(from["required"]) && from["required"].length > 0)
    to["required"] = from["required"];
  if (from["properties"] !== undefined) {
    to["properties"] = mapValues(objectOf(from["properties"]), toDraft);
  }
  const more = from["additionalProperties"];
  if (more === false) to["additionalProperties"] = false;
  else if (typeof more === "object") to["additionalProperties"] = toDraft(more);
  if (to["type"] === "array") to["items"] = toDraft(from["items"]);
  // Exactly one or any one: what a document means is not worth telling apart here.
  const options = from["anyOf"] ?? from["oneOf"];
  if (Array.isArray(options)) to["anyOf"] = options.map(toDraft);
  if (Array.isArray(from["allOf"])) to["allOf"] = from["allOf"].map(toDraft);
  return from["nullable"] === true ? { anyOf: [to, { type: "null" }] } : to;
}

export function objectOf(value: unknown): Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Schema)
    : {};
}

function listOf(value: unknown): Schema[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}

function mapValues<Value>(from: Schema, map: (value: unknown) => Value): Record<string, Value> {
  return Object.fromEntries(Object.entries(from).map(([key, value]) => [key, map(value)]));
}
