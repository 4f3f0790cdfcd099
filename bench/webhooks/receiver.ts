import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** Takes every message and answers 204; in a thread of its own, as a server elsewhere would be. */
const SERVER = `
  const { createServer } = require("node:http");
  const { parentPort } = require("node:worker_threads");
  let awaited = 0;
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      response.writeHead(204).end();
      awaited -= 1;
      if (awaited === 0) parentPort.postMessage("came");
    });
  });
  parentPort.on("message", (count) => {
    awaited = count;
    parentPort.postMessage("awaited");
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));
`;

export interface Receiver {
  url: string;
  /** Counts from here on; `come` is there when so many requests have come. */
  await: (count: number) => Promise<{ come: Promise<unknown> }>;
  stop: () => Promise<unknown>;
}

export async function startReceiver(): Promise<Receiver> {
  const worker = new Worker(SERVER, { eval: true });
  const [port] = await once(worker, "message");
  return {
    url: `http://127.0.0.1:${port}`,
    async await(count) {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, and no window
      worker.postMessage(count);
      await once(worker, "message");
      return { come: once(worker, "message") };
    },
    stop: () => worker.terminate(),
  };
}
