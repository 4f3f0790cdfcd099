import { pino } from "pino";
import { createApp } from "../../../src/api/app.ts";
import type { ApiServices } from "../../../src/api/context.ts";
import { closeHttpServer, createHttpServer } from "../../../src/api/server.ts";
import { defaultApiSettings, type ApiSettings } from "../../../src/api/settings.ts";
import type { Providers } from "../../../src/connectors/contract.ts";
import { openTestProviders } from "../../support/providers.ts";
import { QUICK_PASSWORDS } from "../../support/quick-passwords.ts";
import type { FileStorage } from "../../../src/platform/storage.ts";
import { setup, type TestSetup } from "../../support/setup.ts";
import { openTestStorage, type TestStorage } from "../../support/storage.ts";

export interface Reply {
  status: number;
  headers: Headers;
  /** Parsed JSON; tests look into it freely, so it is of any shape. */
  body: any; // oxlint-disable-line typescript/no-explicit-any -- answers of all routes
  text: string;
  bytes: Buffer;
}

export interface Ask {
  token?: string | undefined;
  /** JSON, or a form with files. */
  body?: unknown;
  headers?: Record<string, string>;
}

export interface ApiSetup extends TestSetup, TestStorage {
  url: string;
  /** What the log was given, as JSON lines. */
  logLines: string[];
  ask: (method: string, path: string, options?: Ask) => Promise<Reply>;
  /** A person with a company of their own. Each call makes new ones. */
  signUp: (options?: { company?: Record<string, unknown> | null }) => Promise<Person>;
  /** A second process on the same database. */
  startAnother: () => Promise<(method: string, path: string, options?: Ask) => Promise<Reply>>;
  /** Writes what the API still holds in memory. */
  flush: () => Promise<void>;
}

export interface Person {
  token: string;
  userId: number;
  email: string;
  /** 0 when no company was asked for. */
  companyId: number;
}

let people = 0;

/** The API over real HTTP on a database of the test's own. */
export async function startApi(
  settings: Partial<ApiSettings> = {},
  {
    providers = openTestProviders(),
    ...given
  }: { providers?: Providers; storage?: FileStorage } = {},
): Promise<ApiSetup> {
  const base = await setup();
  const folder = openTestStorage(base);
  const storage = given.storage ?? folder.storage;
  const logLines: string[] = [];
  const log = pino({ level: "info" }, { write: (line) => void logLines.push(line) });
  let url = "";
  const services: ApiServices = {
    connectors: providers,
    publicUrl: () => url,
    sql: base.sql,
    clock: base.clock,
    storage,
    log,
    settings: defaultApiSettings({
      ipSalt: "test",
      passwordCost: QUICK_PASSWORDS,
      publicRequestsPerHour: null,
      ...settings,
    }),
  };
  const first = await listen(base, services);
  ({ url } = first);

  return {
    ...base,
    url: first.url,
    storage,
    listFiles: folder.listFiles,
    logLines,
    ask: first.ask,
    flush: first.close,
    startAnother: async () => (await listen(base, services)).ask,
    async signUp({ company = {} } = {}) {
      people += 1;
      const email = `person-${people}@example.test`;
      const registered = await first.ask("POST", "/api/v1/auth/register", {
        body: { name: `Person ${people}`, email, password: "correct horse battery" },
      });
      const token = String(registered.body.token);
      const person = { token, userId: Number(registered.body.data.id), email, companyId: 0 };
      if (company === null) return person;
      const founded = await first.ask("POST", "/api/v1/companies", {
        token,
        body: { name: `Company ${people}`, ...company },
      });
      return { ...person, companyId: Number(founded.body.data.id) };
    },
  };
}

async function listen(base: TestSetup, services: ApiServices) {
  const api = createApp(services);
  const server = createHttpServer(api.app);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const url = `http://127.0.0.1:${address.port}`;
  base.defer(async () => {
    await closeHttpServer(server, 1_000);
    await api.close();
  });
  return {
    url,
    close: () => api.close(),
    ask: createAsk(url),
  };
}

/** Asks the API that listens there, as a program would. */
export function createAsk(url: string): ApiSetup["ask"] {
  return async (method, path, { token, body, headers } = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined || body instanceof FormData
          ? {}
          : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : {
            body:
              typeof body === "string" || body instanceof FormData ? body : JSON.stringify(body),
          }),
      redirect: "manual",
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const text = bytes.toString();
    const isJson = response.headers.get("content-type")?.includes("application/json") === true;
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? JSON.parse(text) : undefined,
      text,
      bytes,
    };
  };
}
