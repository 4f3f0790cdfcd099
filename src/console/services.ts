import type { Sql } from "../db/client.ts";
import type { Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import type { QueueBackend } from "../queue/backend.ts";

/** What the console is built with. */
export interface ConsoleServices {
  sql: Sql;
  clock: Clock;
  log: Log;
  queues: QueueBackend;
  signIn: SignIn;
  /** Emails, in lower case, of those who may see what is nobody's company's; undefined: everybody. */
  operators: readonly string[] | undefined;
  /** How long a session lasts, in milliseconds. */
  sessionMs: number;
  /** Shown at the foot of each page. */
  version: string;
  /** Minor units as a person reads them, e.g. "CA$12.50". */
  formatMoney: (minor: bigint, currency: string) => string;
}

/** The API's own way to sign in, so that attempts are counted together wherever they are made. */
export interface SignIn {
  /** Counts an attempt. Throws a `Failure` with status 429 when there were too many. */
  beginAttempt: (attempt: {
    ip: string;
    email: string;
  }) => Promise<{ succeed: () => Promise<void> }>;
  /** Opens a session and returns its token. */
  openSession: (userId: number) => Promise<string>;
}
