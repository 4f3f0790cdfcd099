import { describe, expect, test } from "vitest";
import type { SandboxProvider } from "../../sandbox/provider.ts";
import {
  startProviderServer,
  type SandboxServer,
  type ServerOptions,
} from "../../sandbox/server.ts";
import { connectProvider, saveCompanyApp } from "../../src/actions/connect-provider.ts";
import { withConnection, type ConnectionUser } from "../../src/actions/use-connection.ts";
import { openDatabase, type Sql } from "../../src/db/client.ts";
import { findConnection } from "../../src/db/connections.ts";
import {
  ConnectionRevoked,
  ProviderUnavailable,
  RateLimited,
  WriteUnconfirmed,
} from "../../src/errors.ts";
import type { HttpTimeouts } from "../../src/platform/http-exchange.ts";
import { createPkce, type OAuthApp, type OAuthProvider } from "../../src/platform/oauth.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { openTestConnections } from "./providers.ts";
import { insertCompany } from "./records.ts";
import { setup } from "./setup.ts";

/** A connector as the suite drives it: one small read, in its own way. */
export interface ConnectorUnderTest {
  oauth: OAuthProvider;
  /** Something small that changes nothing. */
  read: (accessToken: string, signal: AbortSignal) => Promise<unknown>;
  close: () => void;
}

/** What a connector can make over there. */
export interface ConnectorWrites<Connector> {
  /** How the path begins that faults are to hit. */
  path: string;
  /** Makes one thing, named by the business fact; asked for again with the same fact it is the same thing. */
  write: (
    connector: Connector,
    fact: string,
    call: { accessToken: string; signal: AbortSignal },
  ) => Promise<unknown>;
  /** How many things the sandbox holds that `write` of this fact has made. */
  count: (state: unknown, fact: string) => number;
}

export interface ConnectorSuite<Connector extends ConnectorUnderTest> {
  name: string;
  sandbox: SandboxProvider;
  open: (options: { url: string; timeouts: HttpTimeouts; app: OAuthApp }) => Connector;
  /** How the paths begin that faults are to hit. */
  paths: { token: string; read: string };
  /** Left out by a connector that only reads. */
  writes?: ConnectorWrites<Connector>;
  /** Judges each exchange by the vendor's contract, where that is at hand. */
  check?: ServerOptions["check"];
  /** Somebody withdraws our access on the provider's own page. Default: every grant ends. */
  withdraw?: (server: SandboxServer) => void;
}

/** For answers that come, on a machine that has other things to do. */
const PATIENT: HttpTimeouts = { connectMs: 10_000, headersMs: 10_000, bodyMs: 10_000 };
/** For an answer that does not. */
const HASTY: HttpTimeouts = { ...PATIENT, headersMs: 1_000 };

/** What every connector has to do, whatever its provider's words: see docs/connectors/adding-a-provider.md. */
export function describeConnector<Connector extends ConnectorUnderTest>(
  suite: ConnectorSuite<Connector>,
): void {
  const { paths, writes } = suite;

  async function start() {
    const base = await setup();
    const server = await startProviderServer(suite.sandbox, {
      seed: { clients: 3, invoices: 3 },
      ...(suite.check !== undefined && { check: suite.check }),
    });
    base.defer(() => server.close());
    const open = (timeouts: HttpTimeouts) => {
      const opened = suite.open({ url: server.url, timeouts, app: appOf(server) });
      base.defer(() => opened.close());
      return opened;
    };
    const connector = open(PATIENT);
    const providers = openTestConnections(connector.oauth);
    const userOf = (sql: Sql): ConnectionUser => ({
      sql,
      clock: systemClock,
      connectors: providers,
      signal: AbortSignal.timeout(20_000),
    });
    const companyId = await insertCompany(base.sql, {});
    const key = { companyId, provider: connector.oauth.name };
    const connect = () => connectDirectly(base.sql, { server, connector, providers, companyId });
    await connect();
    /** Through the connection, as a job would do it. */
    const use = (
      sql: Sql,
      what: (accessToken: string, signal: AbortSignal) => Promise<unknown>,
    ) => {
      const user = userOf(sql);
      return withConnection(user, key, (connection) =>
        connection.call((token) => what(token, user.signal)),
      );
    };
    const read = (sql: Sql) => use(sql, connector.read);
    return { ...base, server, connector, openHasty: () => open(HASTY), key, connect, use, read };
  }

  describe(`connector: ${suite.name}`, () => {
    test("success, limits, trouble over there and nonsense each have their class", async () => {
      const { sql, server, openHasty, use, read } = await start();
      await read(sql);

      server.fault({ match: { path: paths.read }, fault: { kind: "rate-limit", retryAfter: "3" } });
      const limited = await failureOf(read(sql));
      expect(limited).toBeInstanceOf(RateLimited);
      expect(limited).toMatchObject({ retry: { afterMs: 3_000 } });
      server.fault({
        match: { path: paths.read },
        fault: { kind: "rate-limit", retryAfter: null },
      });
      const unnamed = await failureOf(read(sql));
      expect(unnamed).toBeInstanceOf(RateLimited);
      // It says nothing, so we choose: something between moments and an hour.
      const { afterMs } = (unnamed as RateLimited).retry;
      expect(afterMs).toBeGreaterThanOrEqual(1_000);
      expect(afterMs).toBeLessThanOrEqual(3_600_000);

      server.fault({ match: { path: paths.read }, fault: { kind: "status", status: 503 } });
      expect(await failureOf(read(sql))).toBeInstanceOf(ProviderUnavailable);
      server.fault({ match: { path: paths.read }, fault: { kind: "malformed" } });
      expect(await failureOf(read(sql))).toBeInstanceOf(ProviderUnavailable);
      server.fault({ match: { path: paths.read }, fault: { kind: "delay", ms: 60_000 } });
      expect(await failureOf(use(sql, openHasty().read))).toBeInstanceOf(ProviderUnavailable);
      server.fault({ match: { path: paths.read }, fault: { kind: "drop" } });
      expect(await failureOf(read(sql))).toBeInstanceOf(ProviderUnavailable);
      // None of it was the connection's fault.
      await read(sql);
      expect(server.problems()).toEqual([]);
    });

    if (writes !== undefined) {
      const { path, count } = writes;
      test("a write whose answer is lost is doubted, and there is one thing in the end", async () => {
        const { sql, server, connector, openHasty, use } = await start();
        const write = (fact: string, through = connector) =>
          use(sql, (accessToken, signal) => writes.write(through, fact, { accessToken, signal }));
        await write("fact-9");
        expect(count(server.readState(), "fact-9")).toBe(1);
        const faults = [
          { kind: "drop" },
          { kind: "drop", after: true },
          { kind: "status", status: 502, after: true },
          { kind: "delay", ms: 60_000, after: true },
          { kind: "malformed" },
        ] as const;
        for (const [index, fault] of faults.entries()) {
          const fact = `fact-${index}`;
          server.fault({ match: { path }, fault });
          const failure = await failureOf(
            write(fact, fault.kind === "delay" ? openHasty() : connector),
          );
          expect(failure, JSON.stringify(fault)).toBeInstanceOf(WriteUnconfirmed);
          await write(fact);
          expect(count(server.readState(), fact), JSON.stringify(fault)).toBe(1);
        }
      });
    }

    test("a withdrawn grant parks the connection, once, and connecting again mends it", async () => {
      const { sql, server, key, read, connect } = await start();
      if (suite.withdraw === undefined) server.oauth.revokeAll();
      else suite.withdraw(server);
      expect(await failureOf(read(sql))).toBeInstanceOf(ConnectionRevoked);
      expect(await failureOf(read(sql))).toBeInstanceOf(ConnectionRevoked);
      expect(await findConnection(sql, key)).toMatchObject({ status: "needs_reauth" });
      const items = await sql`
        select kind from attention_items where company_id = ${key.companyId} and resolved_at is null
      `;
      expect([...items]).toEqual([{ kind: "connection.needs-reauth" }]);
      await connect();
      await read(sql);
      const left = await sql`select kind from attention_items where resolved_at is null`;
      expect([...left]).toEqual([]);
    });

    if (suite.sandbox.oauth.refresh === "none") return;
    test("access that ended is renewed once, also for two workers at once, and the new tokens are kept", async () => {
      const { sql, databaseUrl, defer, server, key, read } = await start();
      const other = openDatabase({
        url: databaseUrl,
        connectionsMax: 5,
        applicationName: "other",
      });
      defer(() => other.end());
      const refreshes = () => countOf(server, paths.token);

      server.oauth.expireAccess();
      let before = refreshes();
      // Refused over there although our row says that it lasts.
      await Promise.all([read(sql), read(other), read(sql), read(other)]);
      expect(refreshes() - before).toBe(1);

      await sql`update connections set access_expires_at = now() - interval '1 minute'`;
      before = refreshes();
      await Promise.all([read(sql), read(other), read(sql), read(other)]);
      expect(refreshes() - before).toBe(1);
      expect(await findConnection(sql, key)).toMatchObject({ status: "connected", version: 3 });

      // Not reached at all: nothing is lost, nothing is parked.
      server.oauth.expireAccess();
      server.fault({ match: { path: paths.token }, fault: { kind: "drop" }, times: 2 });
      expect(await failureOf(read(sql))).toBeInstanceOf(ProviderUnavailable);
      await read(sql);

      // The new tokens were lost on the way: the old one is tried once more.
      server.oauth.expireAccess();
      server.fault({ match: { path: paths.token }, fault: { kind: "drop", after: true } });
      before = refreshes();
      await failureOf(read(sql));
      const isLost = suite.sandbox.oauth.refresh === "single-use";
      expect(await findConnection(sql, key)).toMatchObject({
        status: isLost ? "needs_reauth" : "connected",
      });
      expect(refreshes() - before).toBe(2);
    });
  });
}

/** Connects without a browser: somebody agreed, and the code came back. */
async function connectDirectly(
  sql: Sql,
  {
    server,
    connector: { oauth },
    providers,
    companyId,
  }: {
    server: SandboxServer;
    connector: ConnectorUnderTest;
    providers: ReturnType<typeof openTestConnections>;
    companyId: number;
  },
): Promise<void> {
  const app = appOf(server);
  const redirectUri = `https://nightledger.test${oauth.callbackPath}`;
  const pkce = oauth.usesPkce ? createPkce() : undefined;
  const page = await fetch(
    oauth.authorizeUrl({
      app,
      redirectUri,
      state: "state",
      codeChallenge: pkce?.codeChallenge ?? null,
    }),
    { redirect: "manual" },
  );
  await page.arrayBuffer();
  const query = Object.fromEntries(new URL(page.headers.get("location") ?? "").searchParams);
  const grant = await oauth.exchange({
    app,
    code: query["code"] ?? "",
    redirectUri,
    codeVerifier: pkce?.codeVerifier ?? null,
    query,
    signal: AbortSignal.timeout(10_000),
  });
  const common = { provider: oauth, keys: providers.connections.keys, userId: null };
  const now = new Date();
  await sql.begin(async (tx) => {
    if (oauth.usesCompanyApp) await saveCompanyApp(tx, { ...common, companyId, app, now });
    await connectProvider(tx, { ...common, company: { id: companyId }, grant, redirectUri, now });
  });
}

function appOf({ oauth: { client } }: SandboxServer): OAuthApp {
  return { clientId: client.id, clientSecret: client.secret };
}

function countOf(server: SandboxServer, path: string): number {
  return server.requests().filter((request) => request.path.startsWith(path)).length;
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    (value) => value,
    (error: unknown) => error,
  );
}
