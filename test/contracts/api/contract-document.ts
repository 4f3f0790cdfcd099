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

/** The operations of the other four documents: a name each, without samples. */
export function readOtherContracts(file: URL): Map<string, string[]> {
  const seeds: Record<string, { operations: [string, string | null][] }> = JSON.parse(
    readFileSync(file, "utf8"),
  );
  return new Map(
    Object.entries(seeds).map(([seed, { operations }]) => [
      seed,
      operations.map(([operation]) => {
        const [method = "", address = ""] = operation.split(" ");
        return operationName(method, address.split("?")[0] ?? "");
      }),
    ]),
  );
}
