import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { z } from "zod";
import { openQueueBackend } from "../../../src/queue/backend.ts";
import { uuidV7 } from "../../../src/platform/uuid-v7.ts";
import { PASSWORD, startConsole, type ConsoleSetup } from "./start-console.ts";

const require = createRequire(import.meta.url);

/** Bull Board's own list of what it answers, so that a new version's new routes are tried too. */
const BoardRoutes = z.object({
  appRoutes: z.object({
    api: z.array(
      z.object({ method: z.union([z.string(), z.array(z.string())]), route: z.string() }),
    ),
  }),
});

const Queues = z.object({
  queues: z.array(
    z.looseObject({
      name: z.string(),
      readOnlyMode: z.boolean(),
      counts: z.record(z.string(), z.int()),
    }),
  ),
});

/** A job in the queue `nights`, and somebody signed in. */
async function start() {
  const base = await startConsole();
  const backend = openQueueBackend({
    queueUrl: base.queueUrl,
    prefix: base.queuePrefix,
    onError: (error) => expect.unreachable(String(error)),
  });
  base.defer(() => backend.close());
  const runId = uuidV7();
  await backend.add("nights", [{ runId, delivery: 1 }]);
  await base.addPerson({ email: "pat@console.test", company: "Tidewater" });
  const browser = base.openBrowser();
  await browser.signIn({ email: "pat@console.test", password: PASSWORD });
  return { ...base, backend, browser, jobId: `${runId}.1` };
}

test("the board is behind the sign-in, its programs and data too", async () => {
  const { openBrowser }: ConsoleSetup = await startConsole();
  const stranger = openBrowser();
  expect((await stranger.visit("/console/queues")).status).toBe(303);
  const json = { headers: { accept: "application/json" } };
  expect((await stranger.visit("/console/queues/api/queues", json)).status).toBe(401);
  expect((await stranger.visit("/console/queues/static/js/main.js", json)).status).toBe(401);
});

test("the board shows every queue and the jobs in it", async () => {
  const { browser, jobId } = await start();
  expect((await browser.visit("/console/queues")).headers.get("location")).toBe("/console/queues/");
  const page = await browser.visit("/console/queues/");
  expect(page.status).toBe(200);
  expect(page.headers.get("content-security-policy")).toContain("script-src 'self'");
  const script = /src="(static\/js\/main[^"]+)"/.exec(page.text)?.[1];
  expect((await browser.visit(`/console/queues/${script}`)).status).toBe(200);

  const answer = await browser.visit(
    "/console/queues/api/queues?activeQueue=nights&status=waiting",
  );
  const { queues } = Queues.parse(JSON.parse(answer.text));
  expect(queues.map((queue) => queue.name)).toEqual([
    "nights",
    "notifications",
    "webhooks",
    "default",
    "clock",
  ]);
  expect(queues.every((queue) => queue.readOnlyMode)).toBe(true);
  expect(queues[0]?.counts["waiting"]).toBe(1);
  const job = await browser.visit(`/console/queues/api/queues/nights/${jobId}`);
  expect(job.status).toBe(200);
  expect(job.text).toContain(jobId);
});

test("nothing that changes a queue gets through, whichever of the board's routes is tried", async () => {
  const { browser, backend, jobId } = await start();
  const { appRoutes } = BoardRoutes.parse(require("@bull-board/api/dist/routes.js"));
  const changing = appRoutes.api.flatMap(({ method, route }) =>
    [method]
      .flat()
      .filter((verb) => verb !== "get")
      .map((verb) => ({ verb, route })),
  );
  expect(changing.length).toBeGreaterThan(15);
  for (const { verb, route } of changing) {
    const path = route
      .replace(":queueName", "nights")
      .replace(":jobId", jobId)
      .replace(":queueStatus", "completed")
      .replace(":schedulerId", "any");
    const answer = await browser.visit(`/console/queues${path}`, {
      method: verb.toUpperCase(),
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    expect({ verb, route, status: answer.status }).toEqual({ verb, route, status: 405 });
  }
  const queue = backend.queue("nights");
  expect(await queue.isPaused()).toBe(false);
  expect(await queue.getJobCounts("waiting")).toEqual({ waiting: 1 });
});
