import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** Takes every message and answers 204; in a thread of its own, as a server elsewhere would be. */
const SERVER = `
  const { createServer } = require("node:http");
  const { parentPort } = require("node:worker_threads");
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.writeHead(204).end());
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));
`;

export interface Receiver {
  url: string;
  stop: () => Promise<unknown>;
}

export async function startReceiver(): Promise<Receiver> {
  const worker = new Worker(SERVER, { eval: true });
  const [port] = await once(worker, "message");
  return { url: `http://127.0.0.1:${port}`, stop: () => worker.terminate() };
}
