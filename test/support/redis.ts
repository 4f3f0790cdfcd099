import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFreePort } from "../../src/platform/free-port.ts";

export interface RedisServer {
  url: string;
  pid: number;
  stop: () => Promise<void>;
}

/**
 * The shell keeps the server and waits for the end of a pipe that only we hold open, so that the
 * server and its folder go with us however we end.
 */
const KEEPER = `
  redis-server "$@" &
  pid=$!
  echo "keeper-pid $pid"
  read -r _
  kill -9 "$pid"
  wait "$pid"
  rm -rf "$FOLDER"
`;

const START_WITHIN_MS = 10_000;

/**
 * Starts a redis-server of our own, from the PATH, on a free port of this machine, with a temporary
 * folder and nothing kept on disk. Throws an Error that says what to do when there is none.
 */
export async function startRedis(): Promise<RedisServer> {
  const port = await findFreePort();
  const folder = await mkdtemp(join(tmpdir(), "nightledger-redis-"));
  const options = { port, bind: "127.0.0.1", dir: folder, save: "", appendonly: "no" };
  const keeper = spawn(
    "/bin/sh",
    [
      "-c",
      KEEPER,
      "redis-keeper",
      ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
    ],
    {
      // Its own session: Ctrl-C is for the tests, which still need their Redis to end well.
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, FOLDER: folder },
    },
  );
  let said = "";
  const saidMore = (chunk: Buffer): void => {
    said += chunk.toString("utf8");
  };
  keeper.stdout.on("data", saidMore);
  keeper.stderr.on("data", saidMore);
  const stop = async (): Promise<void> => {
    if (keeper.exitCode !== null || keeper.signalCode !== null) return;
    const gone = once(keeper, "exit");
    keeper.stdin.end();
    await gone;
    await rm(folder, { recursive: true, force: true });
  };

  const deadline = performance.now() + START_WITHIN_MS;
  while (!said.includes("Ready to accept connections")) {
    const isMissing = /redis-server: .*not found/.test(said);
    if (isMissing || said.includes("Address already in use") || performance.now() > deadline) {
      await stop();
      throw new Error(
        isMissing
          ? "redis-server is not installed: `apt-get install redis-server`, or set QUEUE_URL to a Redis or Valkey server that may be filled with tests' keys."
          : `redis-server did not start:\n${said}`,
      );
    }
    await Promise.race([once(keeper.stdout, "data"), once(keeper.stderr, "data")]);
  }
  const pid = Number(/keeper-pid (\d+)/.exec(said)?.[1]);
  return { url: `redis://127.0.0.1:${port}`, pid, stop };
}
