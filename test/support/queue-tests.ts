import { readdirSync, readFileSync } from "node:fs";
import { dirname, posix } from "node:path";

/** They offer a queue to whoever asks; only those who ask have to be tried on both backends. */
const OFFERS = new Set(["test/support/setup.ts", "test/support/database-server.ts"]);

/**
 * The integration tests that reach a queue, themselves or through what they import from `test`: what
 * the Redis leg runs again. All others do the same whatever QUEUE_URL says.
 */
export function findQueueTests(): string[] {
  return readdirSync("test/integration", { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => posix.join("test/integration", name.replaceAll("\\", "/")))
    .filter((path) => reachesQueue(path, new Set()))
    .toSorted();
}

function reachesQueue(path: string, seen: Set<string>): boolean {
  if (seen.has(path) || OFFERS.has(path)) return false;
  seen.add(path);
  const text = readFileSync(path, "utf8");
  if (/queueUrl|QUEUE_URL/.test(text)) return true;
  return [...text.matchAll(/from "(\.[^"]+)"/g)]
    .map(([, specifier]) => posix.join(dirname(path), specifier ?? ""))
    .some((imported) => imported.startsWith("test/") && reachesQueue(imported, seen));
}
