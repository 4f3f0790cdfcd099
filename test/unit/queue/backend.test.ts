import { expect, test } from "vitest";
import { openQueueBackend } from "../../../src/queue/backend.ts";

const open = () =>
  openQueueBackend({ queueUrl: "amqp://user:hunter2@host", onError: () => undefined });

test("an address that is neither PostgreSQL's nor Redis's is refused, without showing it", () => {
  expect(open).toThrow("must begin with postgres:// or redis://");
  expect(open).not.toThrow("hunter2");
});

test("a server that is away is reported, not waited for", async () => {
  for (const queueUrl of ["redis://127.0.0.1:1", "postgres://127.0.0.1:1/nowhere"]) {
    const backend = openQueueBackend({ queueUrl, onError: () => undefined });
    await expect(backend.ready()).rejects.toThrow("ECONNREFUSED");
    await backend.close();
  }
});
