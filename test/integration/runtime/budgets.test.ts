import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { blockBudget, takeBudget } from "../../../src/db/budgets.ts";
import { openDatabase } from "../../../src/db/client.ts";
import { setup } from "../../support/setup.ts";

const limit = { perSecond: 50, burst: 5, waitMsMax: 0 };

test("processes that share an account never exceed what it allows", async () => {
  const { sql, databaseUrl, defer } = await setup();
  const pools = [1, 2].map(() =>
    openDatabase({ url: databaseUrl, connectionsMax: 5, applicationName: "test" }),
  );
  for (const pool of pools) defer(() => pool.end());
  const startedAt = performance.now();
  let taken = 0;
  await Promise.all(
    pools.flatMap((pool) =>
      Array.from({ length: 5 }, async () => {
        while (taken < 30) {
          const turn = await takeBudget(pool, "acme", limit);
          if (turn.isTaken) taken += 1;
          else await delay(turn.waitMs);
        }
      }),
    ),
  );
  const seconds = (performance.now() - startedAt) / 1_000;
  expect(taken).toBeLessThanOrEqual(limit.burst + limit.perSecond * seconds);
  expect(await takeBudget(sql, "another account", limit)).toEqual({ isTaken: true, waitMs: 0 });
});

test("a turn that is near is reserved, and those after it queue up behind", async () => {
  const { sql } = await setup();
  const patient = { perSecond: 0.01, burst: 1, waitMsMax: 250_000 };
  const turns = [];
  for (let ask = 0; ask < 4; ask += 1) turns.push(await takeBudget(sql, "acme", patient));
  expect(turns.map((turn) => turn.isTaken)).toEqual([true, true, true, false]);
  const waits = turns.map((turn) => Math.round(turn.waitMs / 100_000));
  expect(waits).toEqual([0, 1, 2, 3]);
});

test("what the provider says of when to come back counts for everybody", async () => {
  const { sql } = await setup();
  await blockBudget(sql, "acme", 300_000);
  const turn = await takeBudget(sql, "acme", { ...limit, waitMsMax: 100_000 });
  expect(turn.isTaken).toBe(false);
  expect(turn.waitMs).toBeGreaterThan(200_000);
  const later = await takeBudget(sql, "acme", { ...limit, waitMsMax: 500_000 });
  expect(later.isTaken).toBe(true);
  expect(later.waitMs).toBeGreaterThan(200_000);
  // A shorter block does not shorten it.
  await blockBudget(sql, "acme", 10);
  expect((await takeBudget(sql, "acme", limit)).isTaken).toBe(false);
});
