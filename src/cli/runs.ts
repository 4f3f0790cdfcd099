import { redactValue } from "../platform/redact.ts";
import { assertMigrated, type Platform } from "../bootstrap.ts";
import { recordAudit } from "../db/audit.ts";
import { listRunAttempts, listRunLogs } from "../db/run-notes.ts";
import { runStatuses, type RunStatus } from "../db/run-ledger.ts";
import { cancelRun, retryRun } from "../db/run-operations.ts";
import { getRun, listRuns, type RunFilter } from "../db/runs.ts";
import { inTransaction } from "../db/transaction.ts";
import {
  defineCommand,
  readCount,
  readDate,
  readId,
  readSettings,
  UsageError,
  type Command,
} from "./command.ts";
import { withPlatform } from "./database.ts";
import { print, printJson } from "./output.ts";
import { presentRun, renderRun, renderRuns } from "./run-table.ts";

const LIMIT_DEFAULT = 50;
const LIMIT_MAX = 1_000;
const LINES_SHOWN = 1_000;

const usage = `list [filters] [--limit N] [--json]
       nightledger runs show ID [--json]
       nightledger runs retry ID [--json]
       nightledger runs cancel ID [--reason TEXT] [--json]

  --company ID     Only runs of this company.
  --job NAME       Only runs of this job, e.g. night.run.
  --queue NAME     Only runs of this queue.
  --status A,B     Only runs in these states: ${runStatuses.join(", ")}.
  --error CLASS    Only runs that failed with this class of error.
  --key TEXT       Only runs whose business key begins so.
  --since D        Only runs asked for on this day (UTC) or later.
  --limit N        How many, newest first. Default: ${LIMIT_DEFAULT}, at most ${LIMIT_MAX}.
  --data-dir DIR   Where the embedded database is, without DATABASE_URL.

A dead, cancelled or held run can be retried; one that succeeded never runs again.`;

const shared = {
  "data-dir": { type: "string" },
  json: { type: "boolean", default: false },
} as const;

const list = defineCommand({
  summary: "",
  usage,
  options: {
    ...shared,
    company: { type: "string" },
    job: { type: "string" },
    queue: { type: "string" },
    status: { type: "string" },
    error: { type: "string" },
    key: { type: "string" },
    since: { type: "string" },
    limit: { type: "string" },
  },
  async run(values) {
    const filter: RunFilter = {
      companyId: values.company === undefined ? undefined : readId("--company", values.company),
      job: values.job,
      queue: values.queue,
      statuses: values.status === undefined ? undefined : readStatuses(values.status),
      errorClass: values.error,
      key: values.key,
      createdFrom:
        values.since === undefined
          ? undefined
          : new Date(`${readDate("--since", values.since)}T00:00:00Z`),
    };
    const limit =
      values.limit === undefined ? LIMIT_DEFAULT : readCount("--limit", values.limit, LIMIT_MAX);
    const found = await onDatabase(values, ({ sql }) => listRuns(sql, filter, { limit }));
    if (values.json) printJson({ runs: found.map(presentRun) });
    else print(found.length === 0 ? "No runs." : renderRuns(found));
  },
});

const show = defineCommand({
  summary: "",
  usage,
  options: shared,
  words: ["run id"],
  async run(values, [word = ""]) {
    const id = readRunId(word);
    const story = await onDatabase(values, async ({ sql }) => {
      const run = await getRun(sql, { id });
      const [attempts, lines] = await Promise.all([
        listRunAttempts(sql, id, LINES_SHOWN),
        listRunLogs(sql, id, LINES_SHOWN),
      ]);
      return { run, attempts, lines };
    });
    if (values.json) {
      const { run, attempts, lines } = story;
      printJson(redactValue({ run: presentRun(run), failed_attempts: attempts, log: lines }));
    } else {
      print(renderRun(story));
    }
  },
});

const retry = defineCommand({
  summary: "",
  usage,
  options: shared,
  words: ["run id"],
  async run(values, [word = ""]) {
    await change(values, word, async (tx, id) => {
      await retryRun(tx, id);
      return { action: "run.retried", reason: null };
    });
  },
});

const cancel = defineCommand({
  summary: "",
  usage,
  options: { ...shared, reason: { type: "string" } },
  words: ["run id"],
  async run(values, [word = ""]) {
    const reason = values.reason ?? "cancelled at the command line";
    await change(values, word, async (tx, id) => {
      await cancelRun(tx, id, reason);
      return { action: "run.cancelled", reason };
    });
  },
});

const actions: Readonly<Record<string, Command>> = { list, show, retry, cancel };

export const runs: Command = {
  summary: "Lists, shows, retries and cancels runs",
  usage,
  async run([action, ...rest]) {
    if (action === undefined) {
      throw new UsageError(`Say what to do: ${Object.keys(actions).join(", ")}.`);
    }
    const chosen = Object.hasOwn(actions, action) ? actions[action] : undefined;
    if (chosen === undefined) {
      throw new UsageError(
        `Unknown action "${action}". There are: ${Object.keys(actions).join(", ")}.`,
      );
    }
    return await chosen.run(rest);
  },
};

interface SharedValues {
  "data-dir"?: string | undefined;
  json: boolean;
}

async function onDatabase<Result>(
  values: SharedValues,
  work: (platform: Platform) => Promise<Result>,
): Promise<Result> {
  const config = readSettings({ dataDir: values["data-dir"] }, { LOG_LEVEL: "warn" });
  return await withPlatform(config, "runs", async (platform) => {
    await assertMigrated(platform.sql);
    return await work(platform);
  });
}

/** Does something to a run, writes down that it was done, and shows what became of it. */
async function change(
  values: SharedValues,
  word: string,
  act: (
    tx: Parameters<typeof retryRun>[0],
    id: string,
  ) => Promise<{ action: string; reason: string | null }>,
): Promise<void> {
  const id = readRunId(word);
  const run = await onDatabase(values, ({ sql }) =>
    inTransaction(sql, async (tx) => {
      const { companyId } = await getRun(tx, { id });
      const entry = await act(tx, id);
      await recordAudit(tx, {
        ...entry,
        companyId,
        userId: null,
        subjectType: "run",
        subjectId: id,
        details: { by: "command line" },
      });
      return await getRun(tx, { id });
    }),
  );
  if (values.json) printJson({ run: presentRun(run) });
  else print(`${run.id}  ${run.job}  ${run.status}`);
}

function readRunId(text: string): string {
  if (/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text)) return text.toLowerCase();
  throw new UsageError(`"${text}" is not a run's id; nightledger runs list shows them.`);
}

function readStatuses(text: string): RunStatus[] {
  return text.split(",").map((part) => {
    const status = runStatuses.find((known) => known === part.trim());
    if (status !== undefined) return status;
    throw new UsageError(
      `--status: expected some of ${runStatuses.join(", ")} with commas between them, got "${part.trim()}".`,
    );
  });
}
