import { readdir } from "node:fs/promises";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { z } from "zod";
import { eventually } from "../../support/eventually.ts";
import {
  findPostmaster,
  isRunning,
  makeDataDir,
  queueSettings,
  runCli,
  START_WITHIN_MS,
  startCli,
} from "./run-cli.ts";

const Ready = z.strictObject({
  api: z.string().regex(/^http:\/\/127\.0\.0\.1:\d+$/),
  console: z.string(),
  token: z.string().min(20),
  pid: z.int(),
});

async function startUp(dataDir: string) {
  const running = await startCli(
    ["up", "--json", "--empty", "--port", "0", "--data-dir", dataDir],
    {
      env: queueSettings("up"),
    },
  );
  return { ...running, ready: Ready.parse(JSON.parse(await running.firstLine())) };
}

async function ask(ready: z.infer<typeof Ready>, path: string) {
  const response = await fetch(`${ready.api}${path}`, {
    headers: { authorization: `Bearer ${ready.token}` },
  });
  // oxlint-disable-next-line typescript/no-explicit-any -- the answer's shape is what is tested
  return { status: response.status, body: (await response.json()) as any };
}

test(
  "up prints one line when it serves, and SIGTERM leaves nothing behind",
  async () => {
    const dataDir = await makeDataDir();
    const up = await startUp(dataDir);
    expect(up.ready.pid).toBe(up.pid);
    expect(up.ready.console).toBe(`${up.ready.api}/console`);
    const user = await ask(up.ready, "/api/v1/auth/user");
    expect(user.status).toBe(200);
    const companies = await ask(up.ready, "/api/v1/companies");
    expect(companies.body.data).toHaveLength(1);
    expect((await fetch(`${up.ready.api}/healthz`)).status).toBe(200);
    expect((await fetch(`${up.ready.api}/readyz`)).status).toBe(200);
    const postmaster = await findPostmaster(dataDir);
    expect(await isRunning(postmaster)).toBe(true);

    const second = await runCli(["up", "--empty", "--data-dir", dataDir]);
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(new RegExp(`already running on .*\\(pid ${up.pid}\\)`));
    expect(second.stderr.trim().split("\n")).toHaveLength(1);

    up.child.kill("SIGTERM");
    const ended = await up.ended;
    expect(ended.code).toBe(0);
    expect(ended.stdout.trim().split("\n")).toHaveLength(1);
    // Its pid file goes a moment before the process itself.
    await eventually(async () => !(await isRunning(postmaster)));
    expect(await findPostmaster(dataDir)).toBeUndefined();
  },
  START_WITHIN_MS * 2,
);

test(
  "after kill -9 the next up takes over the orphaned database and goes on with the same company",
  async () => {
    const dataDir = await makeDataDir();
    const first = await startUp(dataDir);
    const made = await fetch(`${first.ready.api}/api/v1/clients`, {
      method: "POST",
      headers: { authorization: `Bearer ${first.ready.token}`, "content-type": "application/json" },
      body: JSON.stringify({ name: "Survivor" }),
    });
    expect(made.status).toBe(201);
    const postmaster = await findPostmaster(dataDir);
    first.child.kill("SIGKILL");
    await first.ended;
    expect(await isRunning(postmaster)).toBe(true);

    const second = await startUp(dataDir);
    expect(await findPostmaster(dataDir)).toBe(postmaster);
    const clients = await ask(second.ready, "/api/v1/clients");
    expect(clients.body.data).toMatchObject([{ name: "Survivor" }]);
    expect((await ask(second.ready, "/api/v1/companies")).body.data).toHaveLength(1);
    second.child.kill("SIGTERM");
    expect((await second.ended).code).toBe(0);
    // Its pid file goes a moment before the process itself.
    await eventually(async () => !(await isRunning(postmaster)));
  },
  START_WITHIN_MS * 3,
);

test(
  "a port that is in use is said in one line, before anything is started",
  async () => {
    const dataDir = await makeDataDir();
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const address = taken.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    try {
      for (const args of [["up"], ["up", "--empty"], ["demo", "--json"]]) {
        const result = await runCli([...args, "--port", String(port), "--data-dir", dataDir]);
        expect([args, result.code, result.stderr]).toEqual([
          args,
          1,
          `Port ${port} is in use. Choose another one, or 0 for any free one.\n`,
        ]);
      }
      expect(await readdir(dataDir)).toEqual([]);
      const sandbox = await runCli(["sandbox", "--port", String(port)]);
      expect([sandbox.code, sandbox.stderr]).toEqual([
        1,
        `Port ${port} is in use. Choose another one, or 0 for any free ones.\n`,
      ]);
    } finally {
      await new Promise((resolve) => taken.close(resolve));
    }
  },
  START_WITHIN_MS,
);
