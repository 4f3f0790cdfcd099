import { hash, randomBytes, timingSafeEqual } from "node:crypto";

/**
 * A secret nobody can guess (256 bits), e.g. `nl_4mX…`. The prefix tells people, and scanners for
 * leaked secrets, what they are looking at.
 */
export function createToken(prefix: string): string {
  return `${prefix}_${randomBytes(32).toString("base64url")}`;
}

/** SHA-256, for storing: a token has too many bits to be guessed, so no slow hash is needed. */
export function hashToken(token: string): Buffer {
  return hash("sha256", token, "buffer");
}

/** Compares in a time that does not tell how much of it is right. */
export function isSameSecret(one: string, other: string): boolean {
  return timingSafeEqual(hashToken(one), hashToken(other));
}
