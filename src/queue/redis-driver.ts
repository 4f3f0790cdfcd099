import { createRedisBackend } from "bullmq";
import { Cluster, Redis } from "ioredis";
import type { QueueBackendOptions, QueueDriver } from "./driver.ts";

/**
 * BullMQ on Redis, Valkey or Redis Cluster. All queues of a process share one connection and all workers
 * another; each worker has one more, on which it waits.
 */
export function openRedisDriver(options: QueueBackendOptions): QueueDriver {
  // Whoever gives work to the queue is told at once when it cannot be reached, and keeps the work.
  const producer = connect(options.queueUrl, 1);
  // A worker waits until it can be reached again; BullMQ demands this setting.
  const consumer = connect(options.queueUrl, null);
  let problem: unknown;
  for (const client of [producer, consumer]) {
    client.on("ready", () => (problem = undefined));
    client.on("error", (error: unknown) => {
      problem = error;
      options.onError(error);
    });
  }
  const ping = async () => {
    try {
      await producer.ping();
    } catch (error) {
      // What is wrong with the connection says more than that nothing came of so many tries.
      throw problem ?? error;
    }
  };
  const prefix = options.prefix ?? "nightledger";
  return {
    kind: "redis",
    createBackend: (name, backendOptions, factoryOptions) =>
      createRedisBackend(
        name,
        {
          ...backendOptions,
          connection: factoryOptions?.withBlockingConnection ? consumer : producer,
        },
        factoryOptions,
      ),
    // In braces: all keys of a queue lie in one slot of a cluster, and different queues may lie apart.
    prefix: (queue) => `{${prefix}:${queue}}`,
    ready: ping,
    ping,
    async close() {
      producer.disconnect();
      consumer.disconnect();
    },
  };
}

function connect(queueUrl: string, maxRetriesPerRequest: number | null): Redis | Cluster {
  const url = new URL(queueUrl);
  const isCluster = url.searchParams.get("cluster") === "true";
  url.searchParams.delete("cluster");
  if (!isCluster) return new Redis(url.href, { maxRetriesPerRequest });
  return new Cluster([{ host: url.hostname, port: Number(url.port || 6379) }], {
    redisOptions: {
      maxRetriesPerRequest,
      ...(url.username && { username: decodeURIComponent(url.username) }),
      ...(url.password && { password: decodeURIComponent(url.password) }),
      ...(url.protocol === "rediss:" && { tls: {} }),
    },
  });
}
