/** A queue of no-op jobs with its worker, both in this process. */
export interface Contender {
  name: string;
  /** What sets its figures apart: connections, durability, settings that are not its defaults. */
  settings: string;
  start: (surroundings: Surroundings) => Promise<RunningContender>;
}

export interface Surroundings {
  /** An empty database on the server that all contenders use. */
  databaseUrl: string;
  redisUrl: string;
  /** Jobs at once. */
  concurrency: number;
  /** Called by each job as it starts, with the number it was enqueued with. */
  onStart: (job: number) => void;
}

export interface RunningContender {
  /** Enqueues jobs of these numbers in one transaction, and resolves when it is committed. */
  enqueue: (jobs: readonly number[]) => Promise<void>;
  /** How many jobs are over, for the contender too; may say fewer while that is fewer than `wanted`. */
  countDone: (wanted: number) => Promise<number>;
  close: () => Promise<void>;
}
