import { createBullBoard } from "@bull-board/api";
import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";
import { ExpressAdapter } from "@bull-board/express";
import type { IServerAdapter } from "@bull-board/api/typings/app";
import { Router, type RequestHandler } from "express";
import type { QueueBackend } from "../queue/backend.ts";
import { clockQueue, runQueues } from "../queue/names.ts";

/** Where Bull Board lives, for the links it makes. */
export const BOARD_PATH = "/console/queues";

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  nights: "Billing nights: long, heavy on the database, few at a time.",
  notifications: "Mails and messages: many at a time, each waiting for a server.",
  webhooks: "Messages to servers of companies: very many at a time, each waiting for one of them.",
  default: "Everything else a company asks for.",
  [clockQueue]: "Rings when a schedule may be due. Holds no runs.",
};

/** Workers share connections, so the queue's server cannot tell them apart; "unknown" is the truth. */
class QueueToLookAt extends BullMQAdapter {
  override async getWorkers(): Promise<null> {
    return null;
  }
}

/**
 * Bull Board over all queues, to look at. What it shows are deliveries, which name a run and nothing
 * else; the ledger, and not the queue, says what became of a run, so there is nothing to be done here.
 */
export function createBoard(queues: QueueBackend): Router {
  const adapter = new ExpressAdapter();
  adapter.setBasePath(BOARD_PATH);
  createBullBoard({
    queues: [...runQueues, clockQueue].map(
      (name) =>
        new QueueToLookAt(queues.queue(name), {
          readOnlyMode: true,
          description: DESCRIPTIONS[name] ?? "",
        }),
    ),
    // One package made for the other; their types differ in what may be left undefined.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
    serverAdapter: adapter as unknown as IServerAdapter,
    options: {
      uiConfig: {
        boardTitle: "Nightledger queues",
        miscLinks: [{ text: "Console", url: "/console" }],
      },
    },
  });

  const router = Router();
  router.use((request, response, next) => {
    // Bull Board's own switch hides its buttons; that nothing can be changed is said here.
    if (request.method === "GET" || request.method === "HEAD") {
      next();
      return;
    }
    response.status(405).set("Allow", "GET, HEAD");
    response.json({
      error: "The board is read-only. Runs are retried and cancelled over the API.",
    });
  });
  const board: RequestHandler = adapter.getRouter();
  router.use(board);
  return router;
}
