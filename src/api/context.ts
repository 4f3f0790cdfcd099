import type { Logger } from "pino";
import type { Sql, Tx } from "../db/client.ts";
import type { Providers } from "../connectors/contract.ts";
import type { CompanyRow } from "../db/companies.ts";
import type { Role } from "../db/company-members.ts";
import type { UserRow } from "../db/users.ts";
import type { Clock } from "../platform/clock.ts";
import type { FileStorage } from "../platform/storage.ts";
import type { ApiSettings } from "./settings.ts";
import type { Scope } from "./scopes.ts";

/** What the API was built with. Parts that others own (PDFs, mail) come as functions. */
export interface ApiServices {
  sql: Sql;
  clock: Clock;
  storage: FileStorage;
  log: Logger;
  settings: ApiSettings;
  /** The providers that companies connect to. */
  connectors: Providers;
  /** How people reach us, without a slash at the end. */
  publicUrl: () => string;
}

/** Who asks: a person signed in, or a program with an API token. */
export interface Caller {
  kind: "session" | "token";
  /** Id of the sessions or api_tokens row. */
  id: number;
  /** Only what these allow; a person's session may all that the person's role may. */
  scopes: "all" | readonly Scope[];
}

/** What every route gets, signed in or not. */
export interface PublicContext {
  services: ApiServices;
  /** The machine's clock, for sessions, tokens and runs. */
  clock: Clock;
  requestId: string;
  /** The address the request came from, for throttling only. Never stored in clear. */
  ip: string;
  log: Logger;
  /** Which of these content types the caller likes best; undefined when none. */
  prefers: <Type extends string>(types: readonly Type[]) => Type | undefined;
  /** A cookie that came with the request, as it was sent. Only for finishing what this browser began. */
  cookie: (name: string) => string | undefined;
}

export interface SignedInContext extends PublicContext {
  user: UserRow;
  caller: Caller;
  /** Where the user works now; none before the first company. */
  company: CompanyRow | undefined;
  role: Role | undefined;
  /** Whether nested details of another resource may be shown (API.md rule 3). */
  mayUse: (scope: Scope) => boolean;
  /**
   * Throws PreconditionFailed when If-Match was sent and names another state of this row. For routes
   * that have no transaction of their own; before the others run it is checked (preconditions.ts).
   */
  checkIfMatch: (row: { updatedAt: Date }) => void;
}

export interface CompanyContext extends SignedInContext {
  company: CompanyRow;
  role: Role;
  /** The company's clock: business dates and created_at of billing records. */
  now: Date;
}

/** Reads get the pool; a changing request gets the one transaction it runs in. */
export type DatabaseOf<Method, IsTransactional> = Method extends "get"
  ? { sql: Sql }
  : IsTransactional extends false
    ? { sql: Sql }
    : { tx: Tx };
