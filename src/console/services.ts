import type { Sql } from "../db/client.ts";
import type { CompanyRow } from "../db/companies.ts";
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
  apps: Apps;
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
  /**
   * Opens a session and returns its token; undefined for a wrong email or password. Throws a `Failure` with
   * status 429 when there were too many.
   */
  byPassword: (attempt: {
    ip: string;
    email: string;
    password: string;
  }) => Promise<string | undefined>;
  /** Opens a session and returns its token. */
  openSession: (userId: number) => Promise<string>;
}

/** An app that asks a person to be let in. */
export interface AppRequest {
  app: { name: string; website: string | null; ownerName: string };
  /** Where it is answered. */
  redirectUri: string;
  /** What it wants to do, in words. */
  wishes: readonly string[];
  /**
   * Both return where to send the browser. `allow` throws a `Failure` where the company does not let it,
   * and returns undefined when the session is over.
   */
  allow: (who: {
    userId: number;
    sessionId: number;
    companyId: number;
    requestId: string;
  }) => Promise<string | undefined>;
  deny: () => string;
}

/** The API's own way to let apps in (OAuth). */
export interface Apps {
  /** What the query of an authorization request asks for, or why nobody can be asked. */
  read: (
    query: URLSearchParams,
  ) => Promise<
    | { kind: "good"; request: AppRequest }
    | { kind: "refused"; location: string }
    | { kind: "unknown"; problem: string }
  >;
  /** Whether apps can be let into a company on this plan. */
  isFor: (company: CompanyRow) => boolean;
}
