import { expect, test } from "vitest";
import { z } from "zod";
import { defineJob, done, type JobDefinition } from "../../../src/jobs/define-job.ts";
import type { QueueName } from "../../../src/queue/names.ts";

const good: JobDefinition<object> = {
  name: "invoice.send-reminder",
  queue: "notifications",
  payload: z.object({}),
  retry: { attempts: 3, delayMsFirst: 10, delayMsMax: 100 },
  timeoutMs: 1_000,
  run: async () => done(),
};

test.each<[string, Partial<JobDefinition<object>>]>([
  ["its name must be", { name: "sendReminder" }],
  ["its name must be", { name: "invoice:send" }],
  ["there is no queue", { queue: "mails" as QueueName }],
  ["retry.attempts", { retry: { attempts: 0, delayMsFirst: 1, delayMsMax: 1 } }],
  ["retry delays", { retry: { attempts: 1, delayMsFirst: 10, delayMsMax: 1 } }],
  ["timeoutMs", { timeoutMs: 0 }],
  ["timeoutMs", { timeoutMs: 2 ** 31 }],
  ["everyMs", { schedule: { everyMs: 10 } }],
  ["schedule cannot be read", { schedule: { cron: "every day" } }],
  [
    "must accept {}",
    {
      schedule: { cron: "0 3 * * *" },
      payload: z.object({ companyId: z.int() }),
    },
  ],
  ["follows no event", { follows: { types: [], targets: async () => [] } }],
])("a mistake in a definition stops the start: %s", (problem, mistake) => {
  expect(() => defineJob({ ...good, ...mistake })).toThrow(problem);
});

test("a good definition is returned as it is", () => {
  expect(defineJob({ ...good, schedule: { cron: "0 3 * * *" } })).toMatchObject({
    name: good.name,
  });
});
