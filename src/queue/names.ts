/**
 * Few queues: each costs connections, and fairness between companies is the feeder's business, not
 * the queue's. A queue stands for a kind of waiting.
 *
 * - `nights`: long, heavy on the database, few at a time.
 * - `notifications`: waits for mail and chat servers, many at a time.
 * - `webhooks`: waits for servers of anybody's, which may be slow or dead, very many at a time.
 * - `default`: everything else a company asks for.
 * - `clock`: rings when a schedule may be due; holds no runs.
 */
export const runQueues = ["nights", "notifications", "webhooks", "default"] as const;

/** A queue that holds runs. */
export type QueueName = (typeof runQueues)[number];

/** Where BullMQ's job schedulers ring. */
export const clockQueue = "clock";

export function isQueueName(name: string): name is QueueName {
  return runQueues.some((queue) => queue === name);
}
