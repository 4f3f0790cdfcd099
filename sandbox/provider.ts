import type { SandboxClock } from "./clock.ts";
import type { OAuthServer } from "./oauth.ts";

/** A request as a provider's route sees it. */
export interface SandboxRequest {
  method: string;
  /** Without the query. */
  path: string;
  /** What stands for `:name` in the route's path. */
  params: Readonly<Record<string, string>>;
  query: URLSearchParams;
  /** By their names in lower case. */
  headers: Readonly<Record<string, string>>;
  body: string;
  /** The body as JSON; undefined when it is none. */
  json: () => unknown;
  /** The body as a form, urlencoded or multipart without files. */
  form: () => URLSearchParams;
  /** The token of `Authorization: Bearer`. */
  bearer: string | undefined;
}

export interface SandboxAnswer {
  status: number;
  headers?: Record<string, string>;
  /** JSON, or text as it is. */
  body?: unknown;
}

export interface SandboxRoute {
  method: string;
  /** With `:name` for one part, and `*` at the end for all that follows. */
  path: string;
  run: (request: SandboxRequest) => SandboxAnswer | Promise<SandboxAnswer>;
}

/** How much a provider is filled with before the first request. */
export interface SeedOptions {
  /** The same seed gives the same books. */
  seed: number;
  clients: number;
  invoices: number;
}

/** What a provider is made in. */
export interface World {
  clock: SandboxClock;
  /** In [0, 1), the same sequence for the same seed. */
  random: () => number;
  oauth: OAuthServer;
  /** Where this server listens. */
  url: string;
}

export interface GrantRules {
  /** Milliseconds an access token lasts; null: for ever. */
  accessMs: number | null;
  codeMs: number;
  /**
   * "single-use": a refresh token works once, and each refresh gives a new one. Rolling: it stays the
   * same until it is so old, then there is a new one, and the one before works on for the grace.
   */
  refresh: "none" | "reusable" | "single-use" | { rotatesAfterMs: number; graceMs: number };
}

/** One provider, made anew for each server: what it holds is its own. */
export interface SandboxProvider {
  name: string;
  /** How its grants behave. */
  oauth: GrantRules;
  /** The environment variables that point the product to it. */
  settings: (url: string, client: { id: string; secret: string }) => Record<string, string>;
  create: (world: World) => {
    routes: readonly SandboxRoute[];
    /** Everything it holds, for tests to look at. */
    readState: () => unknown;
    seed?: (options: SeedOptions) => void;
  };
}
