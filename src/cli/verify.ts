import { verifyFile, type Verdict } from "../actions/verify-file.ts";
import { defineCommand, UsageError } from "./command.ts";
import { print, printJson, renderTable } from "./output.ts";

export const verify = defineCommand({
  summary: "Checks a saved export or proof pack against the digests in it",
  usage: `FILE [--sha256 HEX] [--json]

  --sha256 HEX  The digest the file came with (x-billabled-export-sha256); compared with its own.
  --json        Print {"kind", "sha256", "is_whole", "is_expected", "parts"}.

Works offline. Exit code 0 when nothing is wrong, 1 when something is. A CSV file holds no digests: its own
is printed, and compared with --sha256.`,
  options: { sha256: { type: "string" }, json: { type: "boolean", default: false } },
  words: ["FILE"],
  async run(values, [path = ""]) {
    const wanted = readDigest(values.sha256);
    const verdict = await verifyFile(path).catch(unreadable(path));
    const isExpected = wanted === undefined ? undefined : wanted === verdict.sha256;
    if (values.json) printJson(present(verdict, isExpected));
    else tellVerdict(verdict, isExpected);
    return verdict.isWhole === false || isExpected === false ? 1 : 0;
  },
});

function readDigest(text: string | undefined): string | undefined {
  if (text === undefined || /^[0-9a-fA-F]{64}$/.test(text)) return text?.toLowerCase();
  throw new UsageError(`--sha256: expected 64 hexadecimal digits, got "${text}".`);
}

function unreadable(path: string) {
  return (error: unknown): never => {
    const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
    if (code === undefined) throw error;
    const why = { ENOENT: "there is no such file", EISDIR: "it is a folder" }[code] ?? code;
    throw new UsageError(`Cannot read ${path}: ${why}.`, { cause: error });
  };
}

function present(verdict: Verdict, isExpected: boolean | undefined) {
  return {
    kind: verdict.kind,
    sha256: verdict.sha256,
    is_whole: verdict.isWhole ?? null,
    is_expected: isExpected ?? null,
    parts: verdict.parts.map(({ name, isRight, rows }) => ({ name, is_right: isRight, rows })),
  };
}

function tellVerdict(
  { kind, sha256, isWhole, parts }: Verdict,
  isExpected: boolean | undefined,
): void {
  if (parts.length > 0) {
    const rows = parts.map(({ name, isRight, rows: count }) => [
      name,
      count === undefined ? "" : String(count),
      isRight ? "ok" : "CHANGED",
    ]);
    print(renderTable(rows, { right: [1] }));
  }
  print(
    `sha256 ${sha256}${isExpected === undefined ? "" : isExpected ? " as expected" : " NOT as expected"}`,
  );
  const result = { true: "whole", false: "CHANGED", undefined: "holds no digests" }[
    String(isWhole)
  ];
  print(`${kind}: ${result}`);
}
