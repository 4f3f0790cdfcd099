import type { BackendFactory, IQueueBackend } from "bullmq";

/** What differs between the two places BullMQ can keep its queues. */
export interface QueueDriver {
  readonly kind: "postgres" | "redis";
  readonly createBackend: BackendFactory<IQueueBackend, object>;
  /** Begins all keys of a queue; PostgreSQL has a schema instead. */
  prefix(queue: string): string;
  /** Resolves when the server answers and its schema is there. */
  ready(): Promise<void>;
  /** Whether it answers now. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface QueueBackendOptions {
  /** postgres:// or redis:// (rediss:// with TLS; `?cluster=true` for Redis Cluster). */
  queueUrl: string;
  /** Begins all keys in Redis, so that several installations can share a server. */
  prefix?: string;
  /** Most connections for queries, on PostgreSQL. One more listens. */
  connectionsMax?: number;
  /** Told of every error of a connection, once the server has been there; they mend themselves. */
  onError: (error: unknown) => void;
}
