import type { Config } from "../config/config.ts";
import { defineCommand, readSettings } from "./command.ts";
import { describeError } from "./describe-error.ts";
import { examine, type Finding } from "./examine.ts";
import { print, printJson, renderTable } from "./output.ts";

export const doctor = defineCommand({
  summary: "Checks settings, database, queue, mail, keys, clock and disk, and says what to do",
  usage: `[--data-dir DIR] [--json]

  --data-dir DIR  Where the embedded database, files and mails are.
  --json          Print {"ok": …, "checks": [{name, status, detail, advice}]}.

Changes no data. Exit code 1 when a check failed; warnings are for you to judge.`,
  options: {
    "data-dir": { type: "string" },
    json: { type: "boolean", default: false },
  },
  async run(values) {
    const findings = await findAll(values["data-dir"]);
    const isOk = findings.every((finding) => finding.status !== "failed");
    if (values.json) printJson({ ok: isOk, checks: findings });
    else print(render(findings));
    return isOk ? 0 : 1;
  },
});

/** Settings that cannot be read end the examination: nothing else could be told apart from them. */
async function findAll(dataDir: string | undefined): Promise<Finding[]> {
  let config: Config;
  try {
    config = readSettings({ dataDir }, { LOG_LEVEL: "silent" });
  } catch (error) {
    return [
      {
        name: "settings",
        status: "failed",
        detail: describeError(error),
        advice: "Correct the variable; README.md lists them all.",
      },
    ];
  }
  return [
    { name: "settings", status: "ok", detail: "all can be read", advice: null },
    ...(await examine(config)),
  ];
}

const MARKS: Readonly<Record<Finding["status"], string>> = {
  ok: "ok",
  warning: "warn",
  failed: "FAIL",
};

function render(findings: readonly Finding[]): string {
  const rows = findings.flatMap(({ name, status, detail, advice }) => [
    [MARKS[status], name, detail],
    ...(advice === null ? [] : [["", "", `to do: ${advice}`]]),
  ]);
  return renderTable(rows);
}
