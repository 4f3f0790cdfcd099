import { execFile, spawn } from "node:child_process";
import { open, readFile, rename, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import postgres from "postgres";
import { findFreePort } from "./free-port.ts";
import { SERVER_ENVIRONMENT } from "./postgres-binaries.ts";
import { openCluster, SUPERUSER, type Cluster } from "./postgres-cluster.ts";
import {
  isPostmasterOf,
  readPostmasterFile,
  removeStalePostmasterFile,
  stopServerWhenWeDie,
  type PostmasterFile,
} from "./postmaster.ts";

export interface EmbeddedPostgresOptions {
  /** Folder of the server, made when missing. See `openCluster` for what is in it. */
  dataDir: string;
  /** Default: a free one. A server that is already running keeps the port it has. */
  port?: number;
  /** What the server says. Default: `server.log` in dataDir. */
  logFile?: string;
  /** Server settings on top of ours, by PostgreSQL's names. They do not reach a server that is already running. */
  settings?: Readonly<Record<string, string>>;
  /**
   * Stops the server when this process ends, however it ends. Off as a rule: a server that outlives a
   * crash is found again by the next start, which is quicker than recovering.
   */
  stopWhenParentDies?: boolean;
}

export interface EmbeddedPostgres {
  /** For a client on this machine, with the password in it. */
  url: (database: string) => string;
  port: number;
  /** Whether a server that was already running was taken over. */
  adopted: boolean;
  /** What the operator should be told, one sentence each. Empty as a rule. */
  notices: readonly string[];
  /** Makes the database unless it exists. */
  ensureDatabase: (name: string) => Promise<void>;
  /** Ends all connections, stops the server and waits until it is gone. Once is enough. */
  stop: () => Promise<void>;
}

/** For a small machine that does other things too. Nothing here gives up a committed transaction. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: "127.0.0.1",
  // A password on loopback is the only way in.
  unix_socket_directories: "",
  max_connections: "200",
  shared_buffers: "256MB",
  effective_cache_size: "1GB",
  work_mem: "16MB",
  maintenance_work_mem: "128MB",
  max_wal_size: "2GB",
  random_page_cost: "1.1",
  jit: "off",
  fsync: "on",
  // Queue tables change all the time and are small.
  autovacuum_naptime: "10s",
  timezone: "UTC",
  log_timezone: "UTC",
  log_checkpoints: "off",
  log_line_prefix: "%m [%p] %a ",
};

/** Recovery after a crash replays at most max_wal_size, so this is generous. */
const START_WITHIN_MS = 120_000;
/** A fast shutdown writes one checkpoint; what takes longer than this is stuck. */
const STOP_WITHIN_MS = 60_000;
const LOG_BYTES_MAX = 10_000_000;

/**
 * Starts a PostgreSQL server from the programs in the npm package, or takes over the one that is
 * already running on this data: it is detached, so it survives a parent that was killed. Root or not,
 * after any crash, and when several processes start it at once. Stop it with `stop()`; nothing else
 * does, unless `stopWhenParentDies` says so.
 *
 * Throws an Error that says what to do when it cannot run.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  const cluster = await openCluster(dataDir);
  const { file, adopted } = await bringUp(cluster, {
    ...options,
    logFile: options.logFile ?? join(dataDir, "server.log"),
  });
  const url = (database: string): string => urlOf(cluster, file.port, database);
  const dismissWatcher = options.stopWhenParentDies
    ? stopServerWhenWeDie(cluster.path, file.pid)
    : undefined;

  let stopped: Promise<void> | undefined;
  return {
    url,
    port: file.port,
    adopted,
    notices: cluster.notices,
    ensureDatabase: async (name) => await ensureDatabase(url("postgres"), name),
    stop: async () => {
      stopped ??= stopServer(cluster, file).finally(dismissWatcher);
      await stopped;
    },
  };
}

interface BringUpOptions extends EmbeddedPostgresOptions {
  logFile: string;
}

/**
 * Looks and acts until a server answers. PostgreSQL's own pid file decides between two that start at
 * once: the loser exits, and on the next look finds the winner's server.
 */
async function bringUp(
  cluster: Cluster,
  options: BringUpOptions,
): Promise<{ file: PostmasterFile; adopted: boolean }> {
  const deadline = performance.now() + START_WITHIN_MS;
  let launchedPid: number | undefined;
  let trouble = "it does not become ready";
  while (performance.now() < deadline) {
    const file = await readPostmasterFile(cluster.path);
    if (file !== undefined && (await isPostmasterOf(file.pid, cluster.path))) {
      if (file.status === "ready") {
        await assertAnswers(cluster, file.port);
        return { file, adopted: file.pid !== launchedPid };
      }
      // It is starting, recovering or still stopping.
      await delay(5);
      continue;
    }
    if (file !== undefined) await removeStalePostmasterFile(cluster.path, file);

    const launch = await launchServer(cluster, options);
    if (launch.pid !== undefined) {
      launchedPid = launch.pid;
    } else if (isPassing(launch.said, options)) {
      trouble = launch.said;
      await delay(50);
    } else {
      throw new Error(`The embedded database did not start: ${launch.said}`);
    }
  }
  throw new Error(
    `The embedded database did not start within ${START_WITHIN_MS / 1000} s: ${trouble} (see ${options.logFile}).`,
  );
}

/** Resolves with the pid once the server has its pid file, or with what it said when it gave up. */
async function launchServer(
  cluster: Cluster,
  { port, logFile, settings }: BringUpOptions,
): Promise<{ pid: number } | { pid: undefined; said: string }> {
  const chosen = {
    ...SETTINGS,
    ...settings,
    port: String(port ?? (await findFreePort())),
  };
  const log = await openLog(logFile);
  try {
    const logStart = (await log.stat()).size;
    const server = spawn(
      cluster.binaries.postgres,
      [
        "-D",
        cluster.path,
        ...Object.entries(chosen).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
      ],
      {
        ...cluster.account,
        // Its own session: Ctrl-C in the terminal is for us, and we stop it in our own order.
        detached: true,
        stdio: ["ignore", log.fd, log.fd],
        cwd: "/",
        env: SERVER_ENVIRONMENT,
      },
    );
    server.unref();
    let hasEnded = false;
    let spawnError: Error | undefined;
    server.once("exit", () => (hasEnded = true));
    server.once("error", (error) => (spawnError = error));
    for (;;) {
      if (spawnError !== undefined) return { pid: undefined, said: spawnError.message };
      // Looked at after it ended too, so that nothing it wrote last is missed.
      const ended = hasEnded;
      const file = await readPostmasterFile(cluster.path);
      if (!ended && file !== undefined && file.pid === server.pid && file.status === "ready") {
        return { pid: file.pid };
      }
      if (ended) {
        const said = (await readFile(logFile)).subarray(logStart).toString("utf8").trim();
        return { pid: undefined, said: said.split("\n").slice(-5).join(" | ") };
      }
      await delay(3);
    }
  } finally {
    await log.close();
  }
}

/** Whether another try may go better: another start was quicker, its memory is still attached, or the port went. */
function isPassing(said: string, { port }: BringUpOptions): boolean {
  if (said.includes("lock file") && said.includes("already exists")) return true;
  if (said.includes("pre-existing shared memory block")) return true;
  return port === undefined && said.includes("Address already in use");
}

/** Logs in and checks that it is this data we talk to. */
async function assertAnswers(cluster: Cluster, port: number): Promise<void> {
  const sql = postgres(urlOf(cluster, port, "postgres"), { max: 1, connect_timeout: 10 });
  try {
    const [row] = await sql<{ path: string }[]>`select current_setting('data_directory') as path`;
    if (row?.path !== cluster.path) {
      throw new Error(`it serves ${row?.path ?? "nothing"}`);
    }
  } catch (error) {
    throw new Error(
      `The database server on port ${port} runs on ${cluster.path} but does not let us in: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function ensureDatabase(adminUrl: string, name: string): Promise<void> {
  const sql = postgres(adminUrl, { max: 1 });
  try {
    const existing = await sql`select 1 from pg_database where datname = ${name}`;
    if (existing.length === 0) await sql`create database ${sql(name)}`;
  } catch (error) {
    // 42P04, or 23505 when both got past the look at the same moment: somebody else made it.
    if (!(error instanceof postgres.PostgresError && ["42P04", "23505"].includes(error.code)))
      throw error;
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function stopServer(cluster: Cluster, started: PostmasterFile): Promise<void> {
  const isStillIt = async (): Promise<boolean> => {
    const file = await readPostmasterFile(cluster.path);
    return (
      file !== undefined &&
      file.pid === started.pid &&
      file.startedAt === started.startedAt &&
      (await isPostmasterOf(file.pid, cluster.path))
    );
  };
  if (!(await isStillIt())) return;
  if (process.platform === "win32") {
    await promisify(execFile)(cluster.binaries.pgCtl, ["stop", "-m", "fast", "-D", cluster.path]);
    return;
  }
  process.kill(started.pid, "SIGINT");
  const deadline = performance.now() + STOP_WITHIN_MS;
  while (await isStillIt()) {
    // Immediate: nothing committed is lost, the next start recovers.
    if (performance.now() > deadline) process.kill(started.pid, "SIGQUIT");
    await delay(3);
  }
}

/** The server appends; a log that has grown is kept once and begun anew. */
async function openLog(path: string): Promise<Awaited<ReturnType<typeof open>>> {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (size > LOG_BYTES_MAX) await rename(path, `${path}.1`);
  return await open(path, "a", 0o600);
}

function urlOf(cluster: Cluster, port: number, database: string): string {
  return `postgres://${SUPERUSER}:${cluster.password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
}
