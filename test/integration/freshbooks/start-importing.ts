import { freshbooksSandbox } from "../../../sandbox/freshbooks/freshbooks.ts";
import {
  startProviderServer,
  type SandboxServer,
  type ServerOptions,
} from "../../../sandbox/server.ts";
import { connectOverApi } from "../../support/connect.ts";
import { eventually } from "../../support/eventually.ts";
import { startPlatform } from "../../support/platform.ts";
import { openTestProviders } from "../../support/providers.ts";
import { setup } from "../../support/setup.ts";
import { createAsk } from "../api/start-api.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- answers of all routes
type Body = any;

/** The whole product beside a FreshBooks with books, and a company that is connected to it. */
export async function startImporting(
  options: { seed?: ServerOptions["seed"]; check?: ServerOptions["check"] } = {},
) {
  const base = await setup();
  const sandbox: SandboxServer = await startProviderServer(freshbooksSandbox, {
    seed: { clients: 30, invoices: 0, ...options.seed },
    ...(options.check !== undefined && { check: options.check }),
  });
  base.defer(() => sandbox.close());
  const providers = openTestProviders({ freshbooks: { url: sandbox.url } });
  base.defer(() => providers.closeProviders());
  const platform = await startPlatform(base, { providers });

  const ask = createAsk(platform.url);
  const registered = await ask("POST", "/api/v1/auth/register", {
    body: { name: "Robin", email: "robin@studio.example", password: "correct horse battery" },
  });
  const token = String(registered.body.token);
  const founded = await ask("POST", "/api/v1/companies", { token, body: { name: "Studio" } });
  const companyId = Number(founded.body.data.id);
  const call = async (method: string, path: string, body?: unknown) =>
    await ask(method, `/api/v1${path}`, { token, ...(body !== undefined && { body }) });
  const connect = async () => {
    await call("POST", "/settings/freshbooks/credentials", {
      client_id: "sandbox-client",
      client_secret: "sandbox-secret",
    });
    return await connectOverApi(ask, {
      token,
      connectPath: `/api/v1/settings/freshbooks/connect?company_id=${companyId}`,
    });
  };
  const status = async (): Promise<Body> =>
    (await call("GET", "/settings/freshbooks/status")).body.data;
  /** Waits for an import to end, and answers its status. */
  const ended = async (): Promise<Body> =>
    await eventually(
      async () => {
        const now = await status();
        if (now.status === "importing") throw new Error(JSON.stringify(now));
        return now;
      },
      // Hundreds of records.
      { withinMs: 60_000 },
    );
  const runImport = async (body: unknown = {}): Promise<Body> => {
    const begun = await call("POST", "/settings/freshbooks/import", body);
    if (begun.status !== 202) throw new Error(JSON.stringify(begun.body));
    return await ended();
  };
  return {
    ...base,
    sandbox,
    platform,
    ask,
    call,
    token,
    companyId,
    connect,
    status,
    ended,
    runImport,
    eventually: async (probe: () => Promise<boolean>) =>
      await eventually(probe, { withinMs: 60_000 }),
  };
}
