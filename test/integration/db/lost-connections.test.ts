import { expect, onTestFinished, test } from "vitest";
import { openDatabase, type Tx } from "../../../src/db/client.ts";
import { isDatabaseTrouble } from "../../../src/db/transaction.ts";
import { eventually } from "../../support/eventually.ts";
import { setup } from "../../support/setup.ts";
import { startTcpProxy, type Cut } from "../../support/tcp-proxy.ts";

/** A pool of one connection over a network that can be cut, and what was thrown past everybody. */
async function open() {
  const base = await setup();
  const proxy = await startTcpProxy(base);
  const sql = openDatabase({ url: proxy.url, connectionsMax: 1, applicationName: "cut" });
  base.defer(() => sql.end({ timeout: 1 }));
  const uncaught: unknown[] = [];
  const note = (error: unknown): void => void uncaught.push(error);
  process.on("uncaughtExceptionMonitor", note);
  onTestFinished(() => void process.off("uncaughtExceptionMonitor", note));
  await base.sql`create table notes (text text not null)`;
  const isAsleep = async (): Promise<boolean> => {
    const rows = await base.sql`
      select 1 from pg_stat_activity where application_name = 'cut' and query like '%pg_sleep%'
        and state = 'active'
    `;
    return rows.length === 1;
  };
  const cut = async (how: Cut): Promise<void> => {
    await eventually(isAsleep);
    proxy.cut(how);
    // The server would notice when it next writes to them.
    await base.sql`
      select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = 'cut'
    `;
  };
  return { base, cut, sql, uncaught };
}

const ways: readonly Cut[] = ["close", "reset"];

test.each(ways)(
  "a transaction whose connection is lost (%s) fails, and nothing else",
  async (how) => {
    const { cut, sql, uncaught } = await open();
    for (let round = 0; round < 5; round += 1) {
      const lost = sql
        .begin(async (tx) => {
          // The driver rolls back by itself, twice here, on a connection that is gone.
          await tx.savepoint(async (nested) => await nested`select pg_sleep(60)`);
        })
        .catch((error: unknown) => error);
      await cut(how);
      expect(isDatabaseTrouble(await lost)).toBe(true);
      // A short statement, which the driver writes later than at once.
      expect(await sql`select ${round}::int as round`).toEqual([{ round }]);
    }
    expect(uncaught).toEqual([]);
  },
);

test.each(ways)(
  "what a transaction still wants after its connection was lost (%s) is refused, not done by itself",
  async (how) => {
    const { base, cut, sql, uncaught } = await open();
    const tries: Promise<unknown>[] = [];
    const lost = sql
      .begin(async (tx) => {
        await tx`insert into notes values ('inside')`;
        await tx`select pg_sleep(60)`.catch(() => undefined);
        // At once, on what is left of the connection; and when the pool has a new one.
        tries.push(tx`insert into notes values ('at once')`.catch((error: unknown) => error));
        await eventually(async () => (await sql`select 1`).length === 1);
        const late = async () => await tx`insert into notes values ('late')`;
        const nested = async () =>
          await tx.savepoint((inner) => inner`insert into notes values ('nested')`);
        tries.push(late().catch((error: unknown) => error));
        tries.push(nested().catch((error: unknown) => error));
      })
      .catch((error: unknown) => error);
    await cut(how);
    expect(isDatabaseTrouble(await lost)).toBe(true);
    await eventually(() => tries.length === 3);
    for (const error of await Promise.all(tries))
      expect(isDatabaseTrouble(error), String(error)).toBe(true);
    expect(await base.sql`select text from notes`).toEqual([]);
    expect(uncaught).toEqual([]);
  },
);

test.each(ways)(
  "a transaction whose connection was lost (%s) ends no other one when its function is through",
  async (how) => {
    const { cut, sql, uncaught } = await open();
    for (const isNested of [false, true])
      for (const failure of [undefined, new Error("too late")])
        await endsNoOther(isNested, failure);
    expect(uncaught).toEqual([]);

    async function endsNoOther(isNested: boolean, failure: Error | undefined): Promise<void> {
      let letGo: (() => void) | undefined;
      const mayEnd = new Promise<void>((resolve) => {
        letGo = resolve;
      });
      const work = async (tx: Tx): Promise<void> => {
        await tx`select pg_sleep(60)`.catch(() => undefined);
        await mayEnd;
        if (failure !== undefined) throw failure;
      };
      const lost = sql
        .begin(async (tx) => {
          await (isNested ? tx.savepoint(work) : work(tx));
        })
        .catch((error: unknown) => error);
      await cut(how);
      expect(isDatabaseTrouble(await lost)).toBe(true);
      // On the same connection of the pool, which is another one to the server.
      await sql.begin(async (tx) => {
        const [own] = await tx`select pg_current_xact_id()::text as id`;
        letGo?.();
        await new Promise(setImmediate);
        expect(await tx`select pg_current_xact_id_if_assigned()::text as id`).toEqual([own]);
      });
    }
  },
);
