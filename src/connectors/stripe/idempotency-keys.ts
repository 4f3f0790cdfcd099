import { createHash } from "node:crypto";

/**
 * An idempotency key of the business fact. Facts of which other parameters follow are among the parts: the
 * same key with other parameters is refused for good. Hashed, because keys turn up in Stripe's logs.
 */
export function keyOf(what: string, ...parts: readonly (string | number)[]): string {
  return `nightledger-${what}-${createHash("sha256").update(JSON.stringify(parts)).digest("hex")}`;
}
