import { readFileSync } from "node:fs";

/** A parameter as the base contract documents it; `rules` is prose. */
export interface Parameter {
  name: string;
  type: string;
  optional: boolean;
  rules: string;
  /** The list whose items have this key. */
  in?: string;
}

export interface DocumentedAnswer {
  status: number;
  note: string | null;
  /** A sample; null when the document shows none. */
  json: unknown;
}

export interface DocumentedOperation {
  /** "PUT /clients/{}/contacts/{}": names of parameters differ between the document and us. */
  name: string;
  method: string;
  /** Without /api. */
  path: string;
  query: readonly Parameter[];
  body: readonly Parameter[];
  answers: readonly DocumentedAnswer[];
}

interface Endpoint {
  operations: string[];
  params: { query?: Parameter[]; body?: Parameter[] };
  responses: DocumentedAnswer[];
}

/** "PUT /clients/:id" and "PUT /clients/{client_id}" are one operation. */
export function operationName(method: string, path: string): string {
  return `${method.toUpperCase()} ${path.replaceAll(/\{[^}]*\}|:\w+/g, "{}")}`;
}

/** The operations of the base contract. A GET's body repeats its query, and is not one. */
export function readBaseContract(file: URL): DocumentedOperation[] {
  const endpoints: Endpoint[] = JSON.parse(readFileSync(file, "utf8"));
  return endpoints.flatMap(({ operations, params, responses }) =>
    operations.map((operation): DocumentedOperation => {
      const [method = "", address = ""] = operation.split(" ");
      const path = address.replace(/^\/api(?=\/)/, "");
      return {
        name: operationName(method, path),
        method,
        path,
        query: params.query ?? [],
        body: method === "GET" ? [] : (params.body ?? []),
        answers: responses,
      };
    }),
  );
}

/** An operation of the other four documents, which have no samples. */
export interface OtherOperation {
  name: string;
  /** What is asked with a value, and the values where they are told: "format=json|csv". */
  query: readonly { name: string; values: readonly string[] }[];
}

export function readOtherContracts(file: URL): Map<string, OtherOperation[]> {
  const seeds: Record<string, { operations: [string, string | null][] }> = JSON.parse(
    readFileSync(file, "utf8"),
  );
  return new Map(
    Object.entries(seeds).map(([seed, { operations }]) => [
      seed,
      operations.map(([operation]) => {
        const [method = "", address = ""] = operation.split(" ");
        const [path = "", asked = ""] = address.split("?");
        const query = asked
          .split("&")
          .filter((pair) => pair.includes("="))
          .map((pair) => {
            const [name = "", values = ""] = pair.split("=");
            return { name, values: values.split("|").filter((value) => value !== "") };
          });
        return { name: operationName(method, path), query };
      }),
    ]),
  );
}
