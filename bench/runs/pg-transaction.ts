import { Pool, type PoolClient } from "pg";

/** A pool as the peers know it; a connection that is lost shows in the next statement. */
export function openPgPool(connectionString: string, connectionsMax: number): Pool {
  const pool = new Pool({ connectionString, max: connectionsMax });
  // An idle one may still be there when its database is dropped, after everything was measured.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}

/** One transaction of the driver that the peers know. */
export async function inPgTransaction(
  pool: Pool,
  work: (client: PoolClient) => Promise<void>,
): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    await work(client);
    await client.query("commit");
    client.release();
  } catch (error) {
    client.release(true);
    throw error;
  }
}
