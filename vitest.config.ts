import { defineConfig } from "vitest/config";

/** Milliseconds a test of each kind may take. Cheap kinds run first; a kind waits for the one before. */
const TIMEOUTS = {
  unit: 5_000,
  contracts: 20_000,
  integration: 30_000,
  scenarios: 600_000,
  chaos: 180_000,
};

export default defineConfig({
  test: {
    // Starts nothing by itself: the first test that asks for a database does.
    globalSetup: ["test/support/database-server.ts"],
    pool: "forks",
    // Each test process has its database server and often workers of its own beside it.
    maxWorkers: 2,
    projects: Object.entries(TIMEOUTS).map(([name, timeoutMs], position) => ({
      test: {
        name,
        include: [`test/${name}/**/*.test.ts`],
        pool: "forks" as const,
        testTimeout: timeoutMs,
        hookTimeout: Math.max(30_000, timeoutMs),
        sequence: { groupOrder: position },
        // Tests that kill processes measure how long recovery takes: nothing runs beside them.
        maxWorkers: name === "chaos" ? 1 : 2,
      },
    })),
  },
});
