import { median, printFigure, round, tell } from "../report.ts";
import type { BenchServer } from "../server.ts";
import { measureBareLoop } from "./bare.ts";
import { measureOurs } from "./ours.ts";
import { startReceiver } from "./receiver.ts";

/** As many messages are on their way to one endpoint. */
const LANES = 10;

/** Deliveries a second to a receiver on this machine, beside a loop that only signs and sends. */
export async function benchWebhooks(
  server: BenchServer,
  { messages, repetitions }: { messages: number; repetitions: number },
): Promise<void> {
  const receiver = await startReceiver();
  const rates: { ours: number[]; bare: number[] } = { ours: [], bare: [] };
  try {
    await measureBareLoop(receiver.url, { messages: 1_000, lanes: LANES });
    for (let repetition = 0; repetition < repetitions; repetition += 1) {
      rates.bare.push(await measureBareLoop(receiver.url, { messages, lanes: LANES }));
      const database = `webhooks_${repetition}`;
      await server.createDatabase(database);
      await server.checkpoint();
      rates.ours.push(await measureOurs(server.url(database), receiver.url, messages));
      await server.dropDatabase(database);
      tell(
        `webhooks: bare ${round(rates.bare.at(-1)!)}, ours ${round(rates.ours.at(-1)!)} a second`,
      );
    }
  } finally {
    await receiver.stop();
  }
  printFigure({
    name: "webhooks.nightledger-to-bare-undici",
    value: median(rates.ours) / median(rates.bare),
    unit: "ratio",
    target: { atLeast: 0.4 },
    sides: { oursPerSecond: rates.ours.map(round), peerPerSecond: rates.bare.map(round) },
    settings: {
      messages,
      repetitions,
      lanes: LANES,
      order: "by turns, ours in a database of its own each time",
      measured:
        "ours from the first transaction that leaves events to the record of the last delivery, all in one process; the loop from its first request to its last answer",
      receiver: "answers 204, in a thread of its own",
      postgres: server.settings,
    },
  });
}
