import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { findQueueTests } from "./test/support/queue-tests.ts";

/** Milliseconds a test of each kind may take. */
const TIMEOUTS = {
  // Nothing but functions, some of them thousands of times.
  unit: 20_000,
  // The architecture, the documents and the schema: some read every file, one migrates a database.
  contracts: 20_000,
  // The whole API, operation by operation: one test is a sweep over all of them.
  "contracts/api": 300_000,
  // Each migrates nothing but copies a database, and runs the whole API or the whole product beside another test.
  integration: 60_000,
  // The same, with a queue and workers.
  queues: 60_000,
  // Months of nights: two and a half minutes by itself, ten where much else is going on.
  scenarios: 1_800_000,
  // Processes are started and killed, and what they held is waited for.
  chaos: 180_000,
};

/**
 * Their files take turns in two processes, which load the product once and not 150 times. They share
 * nothing else: each test has a database of its own, and fails when it leaves something open. Unit tests
 * do not share: some files define the same suites, each for a process in another time zone, and of several
 * imports of a suite in one process only the first defines its tests.
 */
const SHARE_A_PROCESS = new Set(["integration", "queues", "contracts/api"]);

/**
 * Cheap kinds run first. A group waits for the one before, and one core has nothing to do while the other
 * ends the last long file: so there are few groups, and what takes long begins each of them.
 */
const GROUPS = [
  ["unit", "contracts"],
  ["scenarios", "contracts/api", "integration", "queues"],
  // Tests that kill processes measure how long recovery takes: nothing runs beside them.
  ["chaos"],
];
const LONG_FILES = ["test/scenarios/", "test/integration/cli/demo.test.ts"];

/** Within a group, by project: processes that share a project's files are kept from one to the next. */
class LongFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- vitest's own order, by project; no array's
    const sorted = await super.sort(files);
    return sorted.toSorted(
      (a, b) => groupOf(a) - groupOf(b) || Number(isLong(b)) - Number(isLong(a)),
    );
  }
}

function groupOf({ project }: TestSpecification): number {
  return project.config.sequence.groupOrder;
}

function isLong({ moduleId }: TestSpecification): boolean {
  return LONG_FILES.some((path) => moduleId.includes(`/${path}`));
}

const queueTests = findQueueTests();

/** Integration tests with a queue are a project of their own: what runs again with QUEUE_URL set. */
function filesOf(name: string): { include: string[]; exclude?: string[] } {
  if (name === "queues") return { include: queueTests };
  const include = [`test/${name}/**/*.test.ts`];
  if (name === "contracts") return { include, exclude: ["test/contracts/api/**"] };
  return name === "integration" ? { include, exclude: queueTests } : { include };
}

export default defineConfig({
  test: {
    // They start nothing by themselves: the first test that asks for a database does, or for a process.
    globalSetup: [
      "scripts/mend-postgres.mjs",
      "test/support/database-server.ts",
      "test/support/compiled-sources.ts",
    ],
    pool: "forks",
    // Each test process has its database server and often workers of its own beside it.
    maxWorkers: 2,
    sequence: { sequencer: LongFilesFirst },
    projects: Object.entries(TIMEOUTS).map(([name, timeoutMs]) => ({
      test: {
        name,
        ...filesOf(name),
        pool: "forks" as const,
        isolate: !SHARE_A_PROCESS.has(name),
        testTimeout: timeoutMs,
        // Less than the test has, so that what was expected is told; a busy machine may need more than the
        // second it is by default.
        expect: { poll: { timeout: Math.min(20_000, timeoutMs / 2) } },
        hookTimeout: Math.max(30_000, timeoutMs),
        sequence: { groupOrder: GROUPS.findIndex((group) => group.includes(name)) },
        maxWorkers: name === "chaos" ? 1 : 2,
      },
    })),
  },
});
