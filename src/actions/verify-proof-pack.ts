import { z } from "zod";
import { canonicalJson, canonicalSha256, PROOF_PACK_FORMAT } from "./proof-pack.ts";
import type { Findings } from "./verify-file.ts";

const Digest = z.string().regex(/^[0-9a-f]{64}$/);
const Pack = z.strictObject({
  data: z.strictObject({
    company: z.strictObject({
      id: z.int(),
      name: z.string(),
      legal_name: z.string().nullable(),
      tax_number: z.string().nullable(),
    }),
    format: z.literal(PROOF_PACK_FORMAT),
    parts: z.record(z.string(), z.unknown()),
    digests: z.record(z.string(), Digest),
  }),
  meta: z.strictObject({ sha256: Digest }),
});

/** Whether a file is a proof pack, damaged or not: it says so, or it begins as each of them does. */
export function looksLikeProofPack(content: Buffer): boolean {
  return (
    content.includes('"nightledger-proof-pack/') || content.indexOf('{"data":{"company":{') === 0
  );
}

/**
 * Checks a saved proof pack. Its bytes have to be the canonical JSON of what it says: of a key that stands
 * there twice, or a number with more digits than others keep, readers would see what no digest covers.
 */
export function verifyProofPack(content: Buffer): Findings {
  try {
    const value: unknown = JSON.parse(content.toString("utf8"));
    const faults = notCanonical(content, value);
    const { data: pack, error } = Pack.safeParse(value);
    if (pack === undefined) return damaged([...faults, ...error.issues.map(tell)]);
    return withParts(pack, faults);
  } catch (error) {
    if (error instanceof SyntaxError) return damaged(["it is no JSON: cut off or changed"]);
    if (error instanceof RangeError) return damaged(["it is nested too deep to be a proof pack"]);
    throw error;
  }
}

function withParts({ data, meta }: z.infer<typeof Pack>, faults: string[]): Findings {
  const names = new Set([...Object.keys(data.parts), ...Object.keys(data.digests)]);
  const parts = [...names].map((name) => ({
    name,
    isRight:
      Object.hasOwn(data.parts, name) &&
      Object.hasOwn(data.digests, name) &&
      canonicalSha256(data.parts[name]) === data.digests[name],
  }));
  const areRight = parts.every(({ isRight }) => isRight);
  if (canonicalSha256(data) !== meta.sha256) {
    faults.push(
      areRight
        ? "data has changed beside its parts (company, digests), or meta.sha256 has"
        : "meta.sha256 is not the digest of data",
    );
  }
  return { isWhole: areRight && faults.length === 0, parts, faults, notCovered: null };
}

function notCanonical(content: Buffer, value: unknown): string[] {
  const canonical = Buffer.from(canonicalJson(value));
  if (canonical.equals(content)) return [];
  let at = 0;
  while (canonical[at] === content[at]) at += 1;
  return [`it is not canonical JSON (RFC 8785) of what it says, from byte ${at + 1} on`];
}

function tell({ path, message }: z.core.$ZodIssue): string {
  return path.length === 0 ? message : `${path.join(".")}: ${message}`;
}

function damaged(faults: string[]): Findings {
  return { isWhole: false, parts: [], faults, notCovered: null };
}
