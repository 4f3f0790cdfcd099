import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { TestSetup } from "./setup.ts";

export interface ReceivedWebhook {
  path: string;
  headers: IncomingHttpHeaders;
  /** `webhook-id`. */
  id: string;
  body: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into it freely
  json: any;
}

export interface WebhookReceiver {
  url: string;
  received: ReceivedWebhook[];
  /** What was sent to one path. */
  at: (path: string) => ReceivedWebhook[];
  /** How to answer from here on, 204 unless told: a status, or "later" by whoever keeps the response. */
  answer: (how: (message: ReceivedWebhook, response: ServerResponse) => number | "later") => void;
}

const accept = (): number => 204;

/** A server of a company's own, which notes what it is told. */
export async function startWebhookReceiver(test: TestSetup): Promise<WebhookReceiver> {
  const received: ReceivedWebhook[] = [];
  let answer: Parameters<WebhookReceiver["answer"]>[0] = accept;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const body = Buffer.concat(parts).toString();
      const message = {
        path: request.url ?? "",
        headers: request.headers,
        id: String(request.headers["webhook-id"]),
        body,
        json: JSON.parse(body),
      };
      received.push(message);
      const status = answer(message, response);
      if (typeof status === "number") response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  test.defer(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    received,
    at: (path) => received.filter((message) => message.path === path),
    answer(how) {
      answer = how;
    },
  };
}
