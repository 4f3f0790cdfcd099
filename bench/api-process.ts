import { insertApiToken } from "../src/db/api-tokens.ts";
import type { Sql } from "../src/db/client.ts";
import { scopes } from "../src/api/scopes.ts";
import { findFreePort } from "../src/platform/free-port.ts";
import { createToken, hashToken } from "../src/platform/tokens.ts";
import { startProduct } from "./product.ts";

/** `nightledger api` as operators run it, and somebody who may call it. */
export interface ApiProcess {
  url: string;
  /** What goes with every request of the company's owner. */
  headers: Readonly<Record<string, string>>;
  stop: () => Promise<void>;
}

/**
 * Starts the API on a database that has the company and its user. Its token has every scope; requests are
 * counted as ever, up to a limit that is far away.
 */
export async function startApiProcess(
  sql: Sql,
  {
    databaseUrl,
    connections,
    companyId,
    userId,
    dataDir,
  }: {
    databaseUrl: string;
    connections: number;
    companyId: number;
    userId: number;
    dataDir: string;
  },
): Promise<ApiProcess> {
  const token = createToken("nl");
  await sql.begin(async (tx) => {
    await insertApiToken(tx, {
      userId,
      companyId,
      name: "Bench",
      prefix: token.slice(0, 9),
      tokenHash: hashToken(token),
      scopes,
      expiresAt: null,
      now: new Date(),
    });
  });
  const port = await findFreePort();
  const product = await startProduct("api", {
    DATABASE_URL: databaseUrl,
    DATABASE_CONNECTIONS: String(connections),
    DATA_DIR: dataDir,
    PORT: String(port),
    RATE_LIMITS: "enterprise=100000000",
    NODE_ENV: "production",
  });
  return {
    url: `http://127.0.0.1:${port}/api/v1`,
    headers: { authorization: `Bearer ${token}` },
    stop: product.stop,
  };
}

/** The text of what the API answers to a GET. Throws unless that is a 200. */
export async function askApi({ url, headers }: ApiProcess, path: string): Promise<string> {
  const response = await fetch(`${url}${path}`, { headers });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${text}`);
  return text;
}
