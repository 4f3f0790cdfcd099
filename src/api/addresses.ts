import { createHmac } from "node:crypto";
import { isIPv6 } from "node:net";

/**
 * Whom an address is counted as: itself, or with IPv6 its network of 64 bits, of which every line
 * has at least one whole to choose its addresses from.
 */
export function networkOf(ip: string): string {
  const mapped = /^::ffff:([\d.]+)$/i.exec(ip)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(ip)) return ip;
  const [head = "", tail] = ip.replace(/%.*$/, "").split("::");
  const before = head.split(":").filter(Boolean);
  const after = (tail ?? "").split(":").filter(Boolean);
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => "0");
  const groups = tail === undefined ? before : [...before, ...zeros, ...after];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":");
}

/** A caller's address, so that it can be recognised but not read (API.md rule 2). */
export function hashAddress(ip: string, salt: string): Buffer {
  return createHmac("sha256", salt).update(ip).digest().subarray(0, 16);
}
