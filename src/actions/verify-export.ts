import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { Findings } from "./verify-file.ts";

/** What kinds of line there are after the first, and which places they may stand at. */
const MAY_STAND_AT = {
  begin: ["after head", "after end,"],
  row: ["after begin", "after row,"],
  end: ["after begin", "after row"],
  digests: ["after end"],
} as const satisfies Record<string, readonly Place[]>;

/** By the line before. With a comma, more of the same has to follow. */
type Place =
  | "after head"
  | "after begin"
  | "after row,"
  | "after row"
  | "after end,"
  | "after end"
  | "after digests";

interface Part {
  rows: number;
  hash: Hash;
}

interface Told {
  name: string;
  rows: number;
  sha256: string;
}

/** What was read so far. */
interface Reading {
  /** The number in the format's name; undefined: the first line is none of ours. */
  version: string | undefined;
  place: Place;
  lines: number;
  found: Map<string, Part>;
  /** The part that is open. */
  part: Part | undefined;
  /** The digests at the end, in their order. */
  told: Told[];
  /** The digest of all before it, of format 2. */
  seal: string | undefined;
  faults: string[];
}

const HEAD =
  /^\{"format":"nightledger-export\/([12])","company_id":\d+,"filters":\{"project_id":(?:null|\d+),"client_id":(?:null|\d+),"from":(?:null|"[\d-]{10}"),"to":(?:null|"[\d-]{10}")\},"resources":\{\n$/;
const BEGIN = /^"([a-z_]+)":\[\n$/;
const END = /^\],?\n$/;
const DIGEST = '"([a-z_]+)":\\{"rows":(\\d+),"sha256":"([0-9a-f]{64})"\\}';
const DIGESTS = new RegExp(
  `^\\},"digests":\\{${DIGEST}(?:,${DIGEST})*\\}(?:,"sha256":"(?<seal>[0-9a-f]{64})")?\\}\\n$`,
);

const LINE_FEED = Buffer.from("\n");
/** No line of ours comes near; a longer one is read in pieces, none of which is a line of ours. */
const LINE_BYTES_MAX = 64 * 1_048_576;

/**
 * Checks a saved export line by line, in constant memory: each part against its digest, all else against the
 * form in which we write it (docs/exports.md). `sealed` is the digest of all that stands before the seal.
 */
export async function verifyExport(path: string, sealed: string | undefined): Promise<Findings> {
  const reading: Reading = {
    version: undefined,
    place: "after head",
    lines: 0,
    found: new Map(),
    part: undefined,
    told: [],
    seal: undefined,
    faults: [],
  };
  for await (const line of readLines(path)) {
    reading.lines += 1;
    if (!readLine(reading, line) && reading.faults.length === 0) {
      // The first one tells: those after it may only follow from it.
      reading.faults.push(`line ${reading.lines} is not what an export has there`);
    }
  }
  const { place, faults } = reading;
  if (place !== "after digests") faults.push("it has no digests at its end: cut off or changed");
  return judge(reading, sealed);
}

function judge(
  { version, found, told, seal, faults }: Reading,
  sealed: string | undefined,
): Findings {
  const digests = new Map(told.map((each) => [each.name, each]));
  // A file that is cut off has none to compare with.
  const names = told.length === 0 ? [] : new Set([...found.keys(), ...digests.keys()]);
  const parts = [...names].map((name) => {
    const [part, digest] = [found.get(name), digests.get(name)];
    const isRight = part?.hash.digest("hex") === digest?.sha256 && part?.rows === digest?.rows;
    return { name, isRight, rows: part?.rows ?? 0 };
  });
  if (told.length > 0 && told.map(({ name }) => name).join() !== [...found.keys()].join()) {
    faults.push("the digests at its end are not those of its parts, in their order");
  }
  const areRight = faults.length === 0 && parts.every(({ isRight }) => isRight);
  if (seal !== undefined && seal !== sealed) {
    faults.push(
      areRight
        ? "its head (company_id, filters) has changed, or the digest of the whole at its end has"
        : "the digest at its end is not that of what stands before it",
    );
  }
  const notCovered =
    version === "1"
      ? "its head (company_id, filters) by any digest in a file of format 1: only the digest it came with (--sha256) covers it"
      : null;
  return { isWhole: areRight && faults.length === 0, parts, faults, notCovered };
}

/** Takes one line in. Returns whether one like it belongs there. */
function readLine(reading: Reading, line: Buffer): boolean {
  if (reading.lines === 1) {
    reading.version = HEAD.exec(line.toString())?.[1];
    return reading.version !== undefined;
  }
  const { place, part } = reading;
  const mayStand = (kind: keyof typeof MAY_STAND_AT) =>
    MAY_STAND_AT[kind].some((each) => each === place);
  // Of rows there may be millions; no other line of ours begins like one.
  if (part !== undefined && line[0] === 0x7b) return readRow(reading, part, line, mayStand("row"));
  const text = line.toString();
  const [, name] = BEGIN.exec(text) ?? [];
  if (name !== undefined) {
    const isNew = !reading.found.has(name);
    reading.part = { rows: 0, hash: createHash("sha256") };
    reading.found.set(name, reading.part);
    reading.place = "after begin";
    return isNew && mayStand("begin");
  }
  if (END.test(text)) {
    reading.part = undefined;
    reading.place = text === "]\n" ? "after end" : "after end,";
    return mayStand("end");
  }
  const digests = DIGESTS.exec(text);
  if (digests !== null) {
    reading.seal = digests.groups?.["seal"];
    reading.told = [...text.matchAll(new RegExp(DIGEST, "g"))].map(
      ([, each = "", rows, sha256 = ""]) => ({ name: each, rows: Number(rows), sha256 }),
    );
    reading.place = "after digests";
    return mayStand("digests") && (reading.seal !== undefined) === (reading.version === "2");
  }
  return part !== undefined && readRow(reading, part, line, false);
}

function readRow(reading: Reading, part: Part, line: Buffer, mayStand: boolean): boolean {
  const hasComma = line.at(-2) === 0x2c;
  const end = line.length - (hasComma ? 2 : 1);
  part.rows += 1;
  part.hash.update(line.subarray(0, end)).update(LINE_FEED);
  reading.place = hasComma ? "after row," : "after row";
  return mayStand && line[end - 1] === 0x7d && line.at(-1) === 0x0a;
}

/** The lines of a file with the line feed that ends each; the last one may have none. */
async function* readLines(path: string): AsyncGenerator<Buffer> {
  let begun: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 262_144 })) {
    const piece: Buffer = chunk;
    let from = 0;
    for (let at = piece.indexOf(0x0a); at !== -1; at = piece.indexOf(0x0a, from)) {
      yield Buffer.concat([...begun, piece.subarray(from, at + 1)]);
      begun = [];
      from = at + 1;
      bytes = 0;
    }
    begun.push(piece.subarray(from));
    bytes += piece.length - from;
    if (bytes > LINE_BYTES_MAX) {
      yield Buffer.concat(begun);
      begun = [];
      bytes = 0;
    }
  }
  if (bytes > 0) yield Buffer.concat(begun);
}
