import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { canonicalSha256 } from "./proof-pack.ts";

/** What a file turned out to be. */
export interface Verdict {
  kind: "proof pack" | "export" | "file";
  /** Of the whole file, in hex. */
  sha256: string;
  /** Whether every digest in it is right; undefined where it holds none. */
  isWhole: boolean | undefined;
  /** Each part with a digest of its own. */
  parts: { name: string; isRight: boolean; rows?: number }[];
}

const Digest = z.string().regex(/^[0-9a-f]{64}$/);
const Pack = z.object({
  data: z.looseObject({
    format: z.literal("nightledger-proof-pack/1"),
    parts: z.record(z.string(), z.unknown()),
    digests: z.record(z.string(), Digest),
  }),
  meta: z.object({ sha256: Digest }),
});
const Digests = z.record(z.string(), z.object({ rows: z.int(), sha256: Digest }));

/** A proof pack is read whole; this is far beyond any. */
const PACK_BYTES_MAX = 256 * 1_048_576;

/**
 * Checks the digests that a saved export or proof pack holds, offline. Of any other file only its own is
 * told. Throws what reading it throws.
 */
export async function verifyFile(path: string): Promise<Verdict> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  const sha256 = hash.digest("hex");
  const { start, bytes } = await look(path);
  if (start.startsWith('{"format":"nightledger-export/1"')) {
    return { kind: "export", sha256, ...(await checkExport(path)) };
  }
  if (start.startsWith("{") && bytes <= PACK_BYTES_MAX) {
    const pack = Pack.safeParse(await readJson(path));
    if (pack.success) return { kind: "proof pack", sha256, ...checkPack(pack.data) };
  }
  return { kind: "file", sha256, isWhole: undefined, parts: [] };
}

/** How a file begins, and how large it is. */
async function look(path: string): Promise<{ start: string; bytes: number }> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(100), 0, 100, 0);
    return { start: buffer.toString("utf8", 0, bytesRead), bytes: (await file.stat()).size };
  } finally {
    await file.close();
  }
}

function checkPack({ data, meta }: z.infer<typeof Pack>): Pick<Verdict, "isWhole" | "parts"> {
  const names = new Set([...Object.keys(data.parts), ...Object.keys(data.digests)]);
  const parts = [...names].map((name) => ({
    name,
    isRight: name in data.parts && canonicalSha256(data.parts[name]) === data.digests[name],
  }));
  const isWhole = canonicalSha256(data) === meta.sha256 && parts.every(({ isRight }) => isRight);
  return { isWhole, parts };
}

/** Line by line: each row of an export stands on one of its own (docs/exports.md). */
async function checkExport(path: string): Promise<Pick<Verdict, "isWhole" | "parts">> {
  const found = new Map<string, { rows: number; sha256: string }>();
  let current: { name: string; rows: number; hash: ReturnType<typeof createHash> } | undefined;
  let told: z.infer<typeof Digests> | undefined;
  const file = await open(path);
  try {
    for await (const line of file.readLines()) {
      const begins = /^"([a-z_]+)":\[$/.exec(line);
      if (current === undefined && begins !== null) {
        current = { name: begins[1]!, rows: 0, hash: createHash("sha256") };
      } else if (current !== undefined && /^\],?$/.test(line)) {
        found.set(current.name, { rows: current.rows, sha256: current.hash.digest("hex") });
        current = undefined;
      } else if (current !== undefined) {
        current.rows += 1;
        current.hash.update(`${line.replace(/,$/, "")}\n`);
      } else if (line.startsWith('},"digests":')) {
        told = readDigests(line);
      }
    }
  } finally {
    await file.close();
  }
  if (told === undefined) return { isWhole: false, parts: [] };
  const names = new Set([...found.keys(), ...Object.keys(told)]);
  const parts = [...names].map((name) => {
    const part = found.get(name);
    const isRight = part !== undefined && part.sha256 === told[name]?.sha256;
    return { name, isRight: isRight && part.rows === told[name]?.rows, rows: part?.rows ?? 0 };
  });
  return { isWhole: parts.every(({ isRight }) => isRight), parts };
}

function readDigests(line: string): z.infer<typeof Digests> | undefined {
  try {
    return Digests.safeParse(JSON.parse(line.slice('},"digests":'.length, -1))).data;
  } catch {
    // Cut off in the middle: there are no digests, which is the answer.
    return undefined;
  }
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
