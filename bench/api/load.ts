import { Pool } from "undici";
import { quantile } from "../report.ts";

export interface Call {
  method: "GET" | "POST";
  path: string;
  body?: string;
}

export interface Load {
  requestsPerSecond: number;
  p99Ms: number;
}

/**
 * Asks over so many connections at once, each sending its next request when it has the answer to the
 * last, for so many seconds. Throws when an answer has another status.
 */
export async function load(
  target: { url: string; headers: Readonly<Record<string, string>> },
  {
    connections,
    seconds,
    status,
    nextCall,
  }: { connections: number; seconds: number; status: number; nextCall: () => Call },
): Promise<Load> {
  const { origin, pathname } = new URL(target.url);
  const pool = new Pool(origin, { connections, pipelining: 1 });
  const times: number[] = [];
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1_000;
  const askOnAndOn = async (): Promise<void> => {
    while (performance.now() < endsAt) {
      const { method, path, body } = nextCall();
      const askedAt = performance.now();
      const answer = await pool.request({
        method,
        path: pathname.replace(/\/$/, "") + path,
        headers: {
          ...target.headers,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body }),
      });
      if (answer.statusCode === status) await answer.body.dump();
      else throw new Error(`${path} answered ${answer.statusCode}: ${await answer.body.text()}`);
      times.push(performance.now() - askedAt);
    }
  };
  try {
    await Promise.all(Array.from({ length: connections }, askOnAndOn));
    const tookMs = performance.now() - startedAt;
    return { requestsPerSecond: (times.length * 1_000) / tookMs, p99Ms: quantile(times, 0.99) };
  } finally {
    await pool.close();
  }
}
