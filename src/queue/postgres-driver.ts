import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import {
  PostgresConnection,
  PostgresQueueBackend,
  runMigrations,
  type PgPool,
  type QueueBaseOptions,
} from "bullmq";
import { Pool, type QueryResult } from "pg";
import type { QueueBackendOptions, QueueDriver } from "./driver.ts";

/** Tries of a statement that met another one. */
const ATTEMPTS_MAX = 10;

/**
 * BullMQ on PostgreSQL, in schema `bullmq`. All queues and workers of a process share one small pool,
 * one connection of which listens: on their own they would open ten each.
 */
export function openPostgresDriver(options: QueueBackendOptions): QueueDriver {
  const pool = new Pool({
    connectionString: options.queueUrl,
    max: (options.connectionsMax ?? 8) + 1,
    application_name: "nightledger-queue",
    keepAlive: true,
    // What a crash of the server forgets of the queue, the ledger brings back: no need to wait for the disk.
    options: "-c search_path=bullmq -c synchronous_commit=off",
  });
  makeRobust(pool);
  const connection = new SharedConnection(pool);
  // Each queue and worker listens to it, and that is no leak.
  connection.setMaxListeners(0);
  connection.on("error", options.onError);
  return {
    kind: "postgres",
    createBackend: (name, backendOptions) =>
      new SharedBackend(connection, name, { ...backendOptions, connection: options.queueUrl }),
    prefix: () => "",
    ready: () => connection.waitUntilReady(),
    ping: async () => void (await pool.query("select 1")),
    async close() {
      await connection.close();
      await pool.end();
    },
  };
}

type ListenClient = Awaited<ReturnType<PostgresConnection["getListenClient"]>>;

/** One connection object for all queues and workers of the process; makes BullMQ's tables when needed. */
class SharedConnection extends PostgresConnection {
  readonly #pool: Pool;
  readonly #inTurn = new WeakSet<ListenClient>();
  #migrated: Promise<void> | undefined;

  constructor(pool: Pool) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- BullMQ wants a Pool of pg; its own description of one differs in the type of on()
    super(pool as unknown as PgPool);
    this.#pool = pool;
  }

  override async waitUntilReady(): Promise<void> {
    this.#migrated ??= migrateQueue(this.#pool);
    await this.#migrated;
    await super.waitUntilReady();
  }

  override async getListenClient(): Promise<ListenClient> {
    const client = await super.getListenClient();
    if (!this.#inTurn.has(client)) {
      this.#inTurn.add(client);
      askInTurn(client);
    }
    return client;
  }
}

async function migrateQueue(pool: Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await runMigrations(client);
  } finally {
    client.release();
  }
}

/** A pg client takes one statement at a time; that it queues more itself is going to end. */
function askInTurn(client: ListenClient): void {
  const query = client.query.bind(client);
  let last: Promise<unknown> = Promise.resolve();
  client.query = async <Row>(text: string, parameters?: readonly unknown[]) => {
    const answer = last.then(() => query<Row>(text, parameters));
    last = answer.catch(() => undefined);
    return await answer;
  };
}

/** Believes that it owns the connection, and so hears when it has to listen again, but never closes it. */
class SharedBackend extends PostgresQueueBackend {
  constructor(connection: PostgresConnection, name: string, options: QueueBaseOptions<string>) {
    super(connection, name, options, true);
  }

  override async close(): Promise<void> {}

  override async disconnect(): Promise<void> {
    await this.disconnectBlocking();
  }
}

/**
 * BullMQ's statements are each a transaction of their own, so one that PostgreSQL ended because it met
 * another (deadlock, serialization failure) is simply done again; BullMQ would lose the operation.
 * They are few and always the same, so each is prepared once per connection.
 */
function makeRobust(pool: Pool): void {
  const names = new Map<string, string>();
  const query = pool.query.bind(pool);
  const robustQuery = async (
    text: string,
    parameters: readonly unknown[] = [],
  ): Promise<QueryResult> => {
    const statement = { name: nameOf(names, text), text, values: [...parameters] };
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await query(statement);
      } catch (error) {
        if (!hasMetAnother(error) || attempt === ATTEMPTS_MAX) throw error;
        await delay(Math.random() * 5 * attempt);
      }
    }
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of pg's many signatures BullMQ and we use this one
  pool.query = robustQuery as typeof pool.query;
}

function nameOf(names: Map<string, string>, text: string): string {
  let name = names.get(text);
  if (name === undefined) {
    name = `bullmq_${createHash("sha256").update(text).digest("hex").slice(0, 16)}`;
    names.set(text, name);
  }
  return name;
}

function hasMetAnother(error: unknown): boolean {
  return (
    error instanceof Error && "code" in error && ["40P01", "40001"].includes(String(error.code))
  );
}
