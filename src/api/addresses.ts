import { createHmac } from "node:crypto";

/** A caller's address, so that it can be recognised but not read (API.md rule 2). */
export function hashAddress(ip: string, salt: string): Buffer {
  return createHmac("sha256", salt).update(ip).digest().subarray(0, 16);
}
