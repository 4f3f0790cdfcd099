import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import type { Tx } from "../db/client.ts";
import { readProofParts, type ProofParts } from "../db/proof-parts.ts";

export const PROOF_PACK_FORMAT = "nightledger-proof-pack/1";

/** The evidence behind an invoice, and a digest of each part of it, in hex. */
export interface ProofPack {
  format: typeof PROOF_PACK_FORMAT;
  company: { id: number; name: string; legal_name: string | null; tax_number: string | null };
  parts: ProofParts;
  digests: Record<keyof ProofParts, string>;
}

/** What is served and saved: the pack, and the digest of its canonical JSON. */
export interface SealedProofPack {
  data: ProofPack;
  meta: { sha256: string };
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the package is a function, and its types say that it has one
const serialize = canonicalize as unknown as (value: unknown) => string | undefined;

/** Canonical JSON (RFC 8785): the same value is the same text, whoever writes it. */
export function canonicalJson(value: unknown): string {
  const text = serialize(value);
  if (text === undefined) throw new TypeError("there is no JSON of undefined");
  return text;
}

/** Of a value's canonical JSON in UTF-8, in hex. */
export function canonicalSha256(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}

/**
 * Gathers what stands behind an invoice, at one instant: give it a transaction of repeatable reads. The same
 * records give the same pack.
 */
export async function makeProofPack(
  tx: Tx,
  company: { id: number; name: string; legalName: string | null; taxNumber: string | null },
  invoiceId: number,
): Promise<SealedProofPack> {
  const parts = await readProofParts(tx, { companyId: company.id, invoiceId });
  const data: ProofPack = {
    format: PROOF_PACK_FORMAT,
    company: {
      id: company.id,
      name: company.name,
      legal_name: company.legalName,
      tax_number: company.taxNumber,
    },
    parts,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same keys
    digests: Object.fromEntries(
      Object.entries(parts).map(([name, part]) => [name, canonicalSha256(part)]),
    ) as ProofPack["digests"],
  };
  return { data, meta: { sha256: canonicalSha256(data) } };
}
