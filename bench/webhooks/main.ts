import { median, printFigure, round, tell } from "../report.ts";
import type { BenchServer } from "../server.ts";
import { measureBareLoop } from "./bare.ts";
import { measureOurs, type Rates } from "./ours.ts";
import { startReceiver } from "./receiver.ts";

/** As many messages are on their way to one endpoint. */
const LANES = 10;

/** Deliveries a second to a receiver on this machine, beside a loop that only signs and sends. */
export async function benchWebhooks(
  server: BenchServer,
  { messages, repetitions }: { messages: number; repetitions: number },
): Promise<void> {
  const receiver = await startReceiver();
  const bare: number[] = [];
  const ours: Rates[] = [];
  try {
    await measureBareLoop(receiver.url, { messages: 1_000, lanes: LANES });
    for (let repetition = 0; repetition < repetitions; repetition += 1) {
      bare.push(await measureBareLoop(receiver.url, { messages, lanes: LANES }));
      const database = `webhooks_${repetition}`;
      await server.createDatabase(database);
      await server.checkpoint();
      const rates = await measureOurs(server.url(database), receiver, messages);
      ours.push(rates);
      await server.dropDatabase(database);
      const { fromEvent, delivering } = rates;
      tell(
        `webhooks: bare ${round(bare.at(-1)!)}, ours ${round(delivering)} a second, ${round(fromEvent)} from the event on`,
      );
    }
  } finally {
    await receiver.stop();
  }
  const figures = [
    {
      name: "webhooks.nightledger-to-bare-undici",
      key: "fromEvent",
      from: "from the first transaction that leaves their events",
    },
    {
      name: "webhooks.due-to-bare-undici",
      key: "delivering",
      from: "from when they are due",
    },
  ] as const;
  for (const { name, key, from } of figures) {
    const perSecond = ours.map((rates) => rates[key]);
    printFigure({
      name,
      value: median(perSecond) / median(bare),
      unit: "ratio",
      target: { atLeast: 0.4 },
      sides: { oursPerSecond: perSecond.map(round), peerPerSecond: bare.map(round) },
      settings: {
        messages,
        repetitions,
        lanes: LANES,
        order: "by turns, ours in a database of its own each time",
        measured: `ours ${from} to the record of the last delivery, all in one process; the loop from its first request to its last answer`,
        receiver: "answers 204, in a thread of its own",
        postgres: server.settings,
      },
    });
  }
}
