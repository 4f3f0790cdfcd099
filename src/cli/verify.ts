import { verifyFile, type Verdict } from "../actions/verify-file.ts";
import { defineCommand, UsageError } from "./command.ts";
import { print, printJson, renderTable } from "./output.ts";

export const verify = defineCommand({
  summary: "Checks a saved export or proof pack against the digests in it",
  usage: `FILE [--sha256 HEX] [--json]

  --sha256 HEX  The digest the file came with (x-billabled-export-sha256); compared with its own.
  --json        Print {"kind", "sha256", "is_whole", "is_expected", "parts", "faults", "not_covered"}.

Works offline. Exit code 0 for an export as JSON or a proof pack that is whole, and for any other file whose
digest is that of --sha256; 1 when something is wrong, and for a file that holds no digests (CSV, PDF, what is
none of ours) without --sha256; 2 when the file cannot be read. The digests in a file show that it was changed,
not that somebody made it anew: only --sha256 with a digest kept elsewhere does.`,
  options: { sha256: { type: "string" }, json: { type: "boolean", default: false } },
  words: ["FILE"],
  async run(values, [path = ""]) {
    const wanted = readDigest(values.sha256);
    const verdict = await verifyFile(path).catch(unreadable(path));
    const isExpected = wanted === undefined ? undefined : wanted === verdict.sha256;
    if (values.json) printJson(present(verdict, isExpected));
    else tellVerdict(verdict, isExpected);
    return (verdict.isWhole ?? isExpected ?? false) && isExpected !== false ? 0 : 1;
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
    faults: verdict.faults,
    not_covered: verdict.notCovered,
  };
}

function tellVerdict(verdict: Verdict, isExpected: boolean | undefined): void {
  const { kind, sha256, parts, faults, notCovered } = verdict;
  if (parts.length > 0) {
    const rows = parts.map(({ name, isRight, rows: count }) => [
      name,
      count === undefined ? "" : String(count),
      isRight ? "ok" : "CHANGED",
    ]);
    print(renderTable(rows, { right: [1] }));
  }
  // The digest that was given covers all of it.
  if (verdict.isWhole !== undefined || isExpected === undefined) {
    for (const fault of faults) print(`wrong: ${fault}`);
  }
  if (notCovered !== null && isExpected === undefined) print(`not covered: ${notCovered}`);
  print(
    `sha256 ${sha256}${isExpected === undefined ? "" : isExpected ? " as expected" : " NOT as expected"}`,
  );
  print(`${kind}: ${summarize(verdict, isExpected)}`);
}

function summarize({ isWhole, notCovered }: Verdict, isExpected: boolean | undefined): string {
  if (isWhole === false) return "CHANGED";
  if (isExpected !== undefined) return isExpected ? "as expected" : "NOT as expected";
  if (isWhole === undefined) return "NOT CHECKED";
  return notCovered === null ? "whole" : "its parts are whole";
}
