/** Kinds of files that we write ourselves. */
const OWN_KINDS = {
  csv: { contentType: "text/csv; charset=utf-8; header=present" },
  json: { contentType: "application/json; charset=utf-8" },
} as const;

/** Kinds of files that people upload, by the ending we give them: what they are, and how they begin, in hex. */
const KINDS = {
  jpg: { contentType: "image/jpeg", begins: /^ffd8ff/ },
  png: { contentType: "image/png", begins: /^89504e470d0a1a0a/ },
  gif: { contentType: "image/gif", begins: /^474946383[79]61/ },
  // RIFF, four bytes of length, WEBP.
  webp: { contentType: "image/webp", begins: /^52494646.{8}57454250/ },
  pdf: { contentType: "application/pdf", begins: /^255044462d3\d/ },
} as const;

export type FileKind = keyof typeof KINDS;
export type OwnFileKind = keyof typeof OWN_KINDS;

/** Of what kind some content is, by its own first bytes, whatever its name says; undefined for any other. */
export function kindOfFile(content: Uint8Array): FileKind | undefined {
  const start = Buffer.from(content.subarray(0, 16)).toString("hex");
  return kinds.find((kind) => KINDS[kind].begins.test(start));
}

/** Of what kind the file under a storage key is, by its ending. */
export function kindOfKey(key: string): FileKind | undefined {
  return kinds.find((kind) => key.endsWith(`.${kind}`));
}

export function contentTypeOf(kind: FileKind | OwnFileKind): string {
  return { ...OWN_KINDS, ...KINDS }[kind].contentType;
}

// oxlint-disable-next-line no-unsafe-type-assertion -- the keys of a constant object.
const kinds = Object.keys(KINDS) as FileKind[];
