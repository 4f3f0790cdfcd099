import { z } from "zod";
import type { Reply } from "../../integration/api/start-api.ts";
import { document, type DescribedOperation } from "./described-operations.ts";

/** What every answer carries: the request's id, the limits (API.md rule 8), and helmet's protection. */
const headersOfAll = [
  "x-request-id",
  "x-ratelimit-limit",
  "x-ratelimit-remaining",
  "x-ratelimit-reset",
  "content-security-policy",
  "cross-origin-opener-policy",
  "cross-origin-resource-policy",
  "referrer-policy",
  "strict-transport-security",
  "x-content-type-options",
  "x-frame-options",
];

/** Signs of the inside: a stack, a file, a module, words of the database, what we are made of. */
const leaks =
  /\n\s+at |\bat (async |file:|\/|[\w.<>]+ \()|node:internal|node_modules|\/(src|dist)\/|\.[tj]s:\d|\bzod\b|ZodError|PostgresError|TypeError|syntax error at|relation "|column "|violates|constraint|\bpg_|Invalid input|received undefined/i;

/**
 * What is wrong with an answer whatever was asked: its form and headers (API.md rules 5, 6 and 8), a
 * sign of the inside, a status or a key that the OpenAPI document does not know.
 */
export function replyFaults(operation: DescribedOperation, reply: Reply): string[] {
  const { status, headers, text } = reply;
  const faults = headersOfAll.filter((name) => !headers.has(name)).map((name) => `has no ${name}`);
  if (!/^(private, no-cache|no-store)$/.test(headers.get("cache-control") ?? ""))
    faults.push("may be kept by a cache");
  for (const name of ["server", "x-powered-by"]) {
    if (headers.has(name)) faults.push(`says ${name}`);
  }
  const head = [...headers]
    // A hash, which can spell anything.
    .filter(([name]) => name !== "etag")
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n");
  const leak = leaks.exec(status >= 400 ? `${head}\n${text}` : head)?.[0];
  if (leak !== undefined) faults.push(`tells of the inside: ${leak}`);
  if (status >= 500) faults.push(`fails: ${text}`);
  if (status >= 400) faults.push(...errorFaults(reply));
  const described = document.paths[operation.path]?.[operation.method.toLowerCase()]?.responses;
  // 304 is the answer to a condition, and described with the header.
  if (status !== 304 && described?.[status] === undefined)
    faults.push(`${status} is not described`);
  return [...faults, ...shapeFaults(operation, reply)];
}

/** What an answer says, without the id that every request has of its own. */
export function wordsOf({ status, body }: Reply): string {
  return `${status} ${JSON.stringify({ ...body, request_id: "" })}`;
}

function errorFaults({ body, headers }: Reply): string[] {
  const error = z
    .object({
      message: z.string().min(1),
      code: z.string().regex(/^[a-z_]+$/),
      errors: z.record(z.string(), z.array(z.string().min(1)).min(1)),
      request_id: z.literal(headers.get("x-request-id") ?? ""),
    })
    .safeParse(body);
  return error.success ? [] : [`is no error as in rule 6: ${JSON.stringify(body)}`];
}

/** Where a success is not what its schema says: a key less, a key more, another type. */
function shapeFaults({ route }: DescribedOperation, { status, body }: Reply): string[] {
  const schema = route.answers[status];
  if (status >= 400 || !(schema instanceof z.ZodType)) return [];
  const parsed = schema.safeParse(body);
  if (!parsed.success) {
    return parsed.error.issues.map(
      ({ path, message }) => `${path.join(".")} is not as described: ${message}`,
    );
  }
  return undescribed(parsed.data, body, "");
}

function undescribed(described: unknown, actual: unknown, at: string): string[] {
  if (typeof actual !== "object" || actual === null) return [];
  const known = new Map<string, unknown>(Object.entries(described ?? {}));
  return Object.entries(actual).flatMap(([key, value]) =>
    known.has(key)
      ? undescribed(known.get(key), value, `${at}${key}.`)
      : [`${at}${key} is not described`],
  );
}
