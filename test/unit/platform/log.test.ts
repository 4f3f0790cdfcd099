import { expect, test } from "vitest";
import { createLog, type LogLevel } from "../../../src/platform/log.ts";

function setUpLog(level: LogLevel = "info") {
  const lines: string[] = [];
  const log = createLog({ level, name: "worker", to: { write: (line) => void lines.push(line) } });
  return { log, lines, last: (): unknown => JSON.parse(lines.at(-1) ?? "null") };
}

test("a line is JSON that says when, who, how bad and what", () => {
  const { log, last } = setUpLog();
  log.child({ runId: "r1" }).warn({ attempt: 2, amountMinor: 10n }, "trying again");
  expect(last()).toMatchObject({
    level: "warn",
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    name: "worker",
    runId: "r1",
    attempt: 2,
    amountMinor: "10",
    msg: "trying again",
  });
});

test("no secret gets into a line, wherever it stands", () => {
  const { log, lines } = setUpLog();
  const secret = "hunter2-hunter2-hunter2";
  log.info(
    { password: secret, deep: { list: [{ accessToken: secret, authorization: secret }] } },
    "x",
  );
  log.child({ apiKey: secret }).info("y");
  log.info(`connecting to postgres://me:${secret}@db/ledger`);
  log.info({ text: `Authorization: Bearer ${secret}` }, `with nl_${secret}`);
  log.info({ smtpUrl: `smtps://us%40example.com:${secret}@mail.example.com` }, "z");
  expect(lines.join("")).not.toContain(secret);
  expect(lines).toHaveLength(5);
});

test("no email address gets into a line", () => {
  const { log, lines } = setUpLog();
  log.info({ to: "zoe.o'hara+bills@mail.example.co.uk" }, "sent to Zoë <zoe@example.com>");
  log.info("zoë@exämple.example");
  expect(lines.join("")).not.toContain("example");
  expect(lines[0]).toContain("sent to Zoë <[email]>");
});

test("an error is told with its causes, without what its library hung on it", () => {
  const { log, last, lines } = setUpLog();
  const cause = Object.assign(new Error("duplicate key"), {
    code: "23505",
    detail: "Key (name)=(Zoë) already exists.",
    parameters: ["Zoë"],
  });
  log.error({ err: new Error("could not save", { cause }) }, "failed");
  expect(last()).toMatchObject({
    err: {
      type: "Error",
      message: "could not save",
      stack: expect.stringContaining("log.test.ts"),
      cause: { message: "duplicate key", code: "23505" },
    },
  });
  expect(lines.join("")).not.toContain("Zoë");
});

test("a value that contains itself is cut off, not followed for ever", () => {
  const { log, last } = setUpLog();
  const loop: Record<string, unknown> = { name: "loop" };
  loop["self"] = loop;
  log.info({ loop }, "x");
  expect(JSON.stringify(last())).toContain("[too deep]");
});

test("a very long text is looked through in the time it takes to read it", () => {
  const { log, lines } = setUpLog();
  const start = performance.now();
  for (const text of ["a".repeat(100_000), "nl".repeat(50_000), `@${'secret"'.repeat(10_000)}`]) {
    log.info({ text }, text);
  }
  expect(lines).toHaveLength(3);
  expect(performance.now() - start).toBeLessThan(2_000);
});
