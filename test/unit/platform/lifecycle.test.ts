import { EventEmitter, once } from "node:events";
import { expect, test, vi } from "vitest";
import { createLifecycle } from "../../../src/platform/lifecycle.ts";
import { createLog } from "../../../src/platform/log.ts";

type Handler = (cause: unknown) => void;

function setUpLifecycle({ windowMs = 1_000 }: { windowMs?: number } = {}) {
  const lines: string[] = [];
  const handlers = new Map<string, Handler>();
  const end = new EventEmitter();
  const exitCode = once(end, "exit").then(([code]) => Number(code));
  const lifecycle = createLifecycle({
    log: createLog({ level: "info", name: "test", to: { write: (line) => void lines.push(line) } }),
    windowMs,
    process: {
      on: (event, handler) => handlers.set(event, handler),
      off: (event) => handlers.delete(event),
      exit: (code) => void end.emit("exit", code),
    },
  });
  return {
    lifecycle,
    handlers,
    exitCode,
    lines,
    signal: (name: string) => handlers.get(name)?.(name),
  };
}

test("a signal closes the parts, the last started first, and ends the process with 0", async () => {
  const { lifecycle, signal, exitCode } = setUpLifecycle();
  const closed: string[] = [];
  for (const name of ["database", "worker", "api"]) {
    await lifecycle.start(name, async () => ({ close: async () => void closed.push(name) }));
  }
  lifecycle.listen();
  signal("SIGTERM");
  expect(await exitCode).toBe(0);
  expect(closed).toEqual(["api", "worker", "database"]);
});

test("a part that fails to close is named, the others are closed all the same, and the end is 1", async () => {
  const { lifecycle, signal, exitCode, lines } = setUpLifecycle();
  const close = vi.fn<() => void>();
  await lifecycle.start("database", () => ({ close }));
  await lifecycle.start("worker", () => ({ close: () => Promise.reject(new Error("stuck")) }));
  lifecycle.listen();
  signal("SIGINT");
  expect(await exitCode).toBe(1);
  expect(close).toHaveBeenCalledOnce();
  expect(lines.join("")).toContain('"part":"worker"');
});

test("a part that hangs costs the window, not for ever", async () => {
  const { lifecycle, signal, exitCode, lines } = setUpLifecycle({ windowMs: 20 });
  await lifecycle.start("worker", () => ({ close: () => new Promise(() => {}) }));
  lifecycle.listen();
  signal("SIGTERM");
  expect(await exitCode).toBe(1);
  expect(lines.join("")).toContain("did not close in time");
});

test("a second signal ends the process at once", async () => {
  const { lifecycle, signal, exitCode } = setUpLifecycle({ windowMs: 60_000 });
  await lifecycle.start("worker", () => ({ close: () => new Promise(() => {}) }));
  lifecycle.listen();
  signal("SIGTERM");
  signal("SIGTERM");
  expect(await exitCode).toBe(1);
});

test("what nobody caught is logged and ends the process with 1, without closing anything", async () => {
  const { lifecycle, handlers, exitCode, lines } = setUpLifecycle();
  const close = vi.fn<() => void>();
  await lifecycle.start("worker", () => ({ close }));
  lifecycle.listen();
  handlers.get("unhandledRejection")?.(new Error("nobody saw this coming"));
  expect(await exitCode).toBe(1);
  expect(close).not.toHaveBeenCalled();
  expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({
    level: "fatal",
    err: { message: "nobody saw this coming" },
  });
});

test("a part that was still starting when the signal came is closed, not forgotten", async () => {
  const { lifecycle } = setUpLifecycle();
  const close = vi.fn<() => void>();
  const readiness = new EventEmitter();
  const starting = lifecycle.start("slow", async () => {
    await once(readiness, "ready");
    return { close };
  });
  await lifecycle.stop("test");
  readiness.emit("ready");
  await expect(starting).rejects.toThrow("slow was closed again");
  expect(close).toHaveBeenCalledOnce();
  await expect(lifecycle.start("late", () => ({ close }))).rejects.toThrow("late was not started");
});

test("stopping twice closes once, and listening can be undone", async () => {
  const { lifecycle, handlers } = setUpLifecycle();
  const close = vi.fn<() => void>();
  await lifecycle.start("worker", () => ({ close }));
  const stopListening = lifecycle.listen();
  expect(await Promise.all([lifecycle.stop("a"), lifecycle.stop("b")])).toEqual([true, true]);
  expect(close).toHaveBeenCalledOnce();
  stopListening();
  expect(handlers.size).toBe(0);
});
