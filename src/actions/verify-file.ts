import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { verifyExport } from "./verify-export.ts";
import { looksLikeProofPack, verifyProofPack } from "./verify-proof-pack.ts";
import { EXPORT_SEAL_BYTES } from "./write-export.ts";

/** What a file says about itself, and whether that is so. */
export interface Findings {
  /** Whether it is, byte for byte, what its digests say, in the form in which we write it. */
  isWhole: boolean;
  /** Each part with a digest of its own. */
  parts: { name: string; isRight: boolean; rows?: number }[];
  /** What is wrong beside the parts' digests, a sentence each. */
  faults: string[];
  /** What no digest in the file covers; null: nothing. */
  notCovered: string | null;
}

/** What a file turned out to be. */
export interface Verdict extends Omit<Findings, "isWhole"> {
  kind: "proof pack" | "export" | "file";
  /** Of the whole file, in hex. */
  sha256: string;
  /** Undefined where there is nothing to tell it by: the file is neither an export as JSON nor a pack. */
  isWhole: boolean | undefined;
}

/** A proof pack is read whole; this is far beyond any. */
const PACK_BYTES_MAX = 256 * 1_048_576;

/**
 * Checks a saved export or proof pack against the digests in it and the form in which we write it, offline.
 * Of any other file only its own digest is told. Throws what reading it throws.
 */
export async function verifyFile(path: string): Promise<Verdict> {
  const { start, bytes } = await look(path);
  const { sha256, sealed } = await digest(path, bytes - EXPORT_SEAL_BYTES);
  // Whatever was put before it, it is a damaged one of ours.
  const isJson = /^\uFEFF?\s*\{/.test(start);
  if (isJson && start.includes("nightledger-export/")) {
    return { kind: "export", sha256, ...(await verifyExport(path, sealed)) };
  }
  if (isJson && bytes <= PACK_BYTES_MAX) {
    const content = await readFile(path);
    if (looksLikeProofPack(content)) {
      return { kind: "proof pack", sha256, ...verifyProofPack(content) };
    }
  }
  const fault =
    bytes === 0
      ? "it is empty"
      : "it is neither an export as JSON nor a proof pack, so it holds no digests: give the one it came with (--sha256)";
  return { kind: "file", sha256, isWhole: undefined, parts: [], faults: [fault], notCovered: null };
}

/** How a file begins, and how large it is. */
async function look(path: string): Promise<{ start: string; bytes: number }> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1_000), 0, 1_000, 0);
    return { start: buffer.toString("utf8", 0, bytesRead), bytes: (await file.stat()).size };
  } finally {
    await file.close();
  }
}

/** The digest of a whole file, and that of as many of its first bytes as said, in hex. */
async function digest(
  path: string,
  sealedBytes: number,
): Promise<{ sha256: string; sealed: string | undefined }> {
  const hash = createHash("sha256");
  let sealed: string | undefined;
  let read = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 262_144 })) {
    const piece: Buffer = chunk;
    const left = sealedBytes - read;
    read += piece.length;
    if (left < 0 || left >= piece.length) {
      hash.update(piece);
    } else {
      hash.update(piece.subarray(0, left));
      sealed = hash.copy().digest("hex");
      hash.update(piece.subarray(left));
    }
  }
  return { sha256: hash.digest("hex"), sealed };
}
