import { expect } from "vitest";
import type { QbBooks } from "../../../sandbox/quickbooks/books.ts";
import { quickbooksSandbox } from "../../../sandbox/quickbooks/quickbooks.ts";
import { startProviderServer, type ServerOptions } from "../../../sandbox/server.ts";
import { connectOverApi } from "../../support/connect.ts";
import { eventually } from "../../support/eventually.ts";
import { startPlatform } from "../../support/platform.ts";
import { openTestProviders } from "../../support/providers.ts";
import { setup } from "../../support/setup.ts";
import { findSpec } from "../../support/shared-data.ts";
import { createSpecChecker } from "../../support/spec-checker.ts";
import { createAsk } from "../api/start-api.ts";

const document = await findSpec("specs/quickbooks/openapi.ballerina.yaml");

/** Judges by the contract, where that lies beside the project. */
export const checkQuickBooks = document === undefined ? undefined : createCheck(document);

function createCheck(contract: unknown): ServerOptions["check"] {
  const check = createSpecChecker({
    document: contract,
    ignores: /oauth2|companyinfo|preferences|batch|\/item/,
    excuses: /the query has an unknown (requestid|minorversion|include)/,
  });
  // It knows nothing of voiding, whose body names the paper only.
  return (exchange) => (exchange.request.query.has("operation") ? [] : check(exchange));
}

// oxlint-disable-next-line typescript/no-explicit-any -- answers of all routes
type Data = any;

/** Accounts that the sandbox has. */
export const accounts = { income_account_id: "79", discount_account_id: "86" } as const;

/** The whole product beside a QuickBooks, and a company that is connected to it. */
export async function startPushing({ settings = accounts }: { settings?: object | null } = {}) {
  const base = await setup();
  const sandbox = await startProviderServer(quickbooksSandbox, {
    ...(checkQuickBooks !== undefined && { check: checkQuickBooks }),
  });
  base.defer(() => sandbox.close());
  const { id: clientId, secret: clientSecret } = sandbox.oauth.client;
  const providers = openTestProviders({ quickbooks: { clientId, clientSecret, url: sandbox.url } });
  base.defer(() => providers.closeProviders());
  const platform = await startPlatform(base, { providers });
  // Nobody waits here for a turn that is a tenth of a second away.
  await base.sql`
    create function never_full() returns trigger language plpgsql as
    $$ begin new.full_at = now(); return new; end $$
  `;
  await base.sql`
    create trigger never_full before insert or update on budgets
    for each row execute function never_full()
  `;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what this sandbox holds
  const books = sandbox.readState() as QbBooks;

  const ask = createAsk(platform.url);
  const registered = await ask("POST", "/api/v1/auth/register", {
    body: { name: "Robin", email: "robin@studio.example", password: "correct horse battery" },
  });
  const token = String(registered.body.token);
  const founded = await ask("POST", "/api/v1/companies", { token, body: { name: "Studio" } });
  const companyId = Number(founded.body.data.id);
  const call = async (method: string, path: string, body?: unknown) =>
    await ask(method, `/api/v1${path}`, {
      token,
      ...(body !== undefined && { body }),
      headers: { "x-company-id": String(companyId) },
    });
  /** A call that must work; returns `data`. */
  const need = async (method: string, path: string, body?: unknown): Promise<Data> => {
    const reply = await call(method, path, body);
    if (reply.status >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(reply.body)}`);
    return reply.body?.data;
  };
  const connect = async () =>
    await connectOverApi(ask, { token, connectPath: "/api/v1/integrations/quickbooks/connect" });
  await connect();
  if (settings !== null) await need("PUT", "/integrations/quickbooks/settings", settings);
  const client = await need("POST", "/clients", {
    name: "Maple Street Bakery",
    email: "books@maple.example",
    city: "Portland",
    state: "OR",
    country: "US",
  });
  /** Waits for the end of a run, and answers it. */
  const ended = async (runId: string): Promise<Data> =>
    await eventually(
      async () => {
        const run = await need("GET", `/runs/${runId}`);
        const isOver = ["succeeded", "skipped", "dead", "cancelled", "held"].includes(run.status);
        if (!isOver) throw new Error(JSON.stringify(run));
        return run;
      },
      { withinMs: 20_000, everyMs: 25 },
    );
  /** Waits until nothing of the company is under way, or waits for another attempt. */
  const settled = async (): Promise<void> => {
    await eventually(
      async () => {
        const [left] = await base.sql<{ runs: number; events: number }[]>`
          select
            (select count(*)::int from job_runs
             where company_id = ${companyId} and finished_at is null and status <> 'held') as runs,
            (select count(*)::int from event_outbox) as events
        `;
        return left!.runs + left!.events === 0;
      },
      { withinMs: 20_000, everyMs: 25 },
    );
  };
  return {
    ...base,
    sandbox,
    books,
    platform,
    ask,
    token,
    call,
    need,
    connect,
    companyId,
    clientId: Number(client.id),
    ended,
    settled,
    eventually: async (probe: () => Promise<boolean>) =>
      await eventually(probe, { withinMs: 20_000, everyMs: 25 }),
    /** An invoice that was sent; of one line over 100.00 unless told otherwise. */
    issued: async (fields: object = {}): Promise<Data> => {
      const draft = await need("POST", "/invoices", {
        client_id: client.id,
        line_items: [line("Consulting", 1, 10_000)],
        ...fields,
      });
      return await need("POST", `/invoices/${draft.id}/mark-sent`);
    },
    /** Pushes by hand, and answers the run's result. */
    push: async (...invoiceIds: number[]): Promise<Data> => {
      const run = await need("POST", "/integrations/quickbooks/push", { invoice_ids: invoiceIds });
      const { status, result, error } = await ended(run.id);
      expect({ status, error }).toEqual({ status: "succeeded", error: null });
      return result;
    },
    openItems: async (): Promise<{ kind: string; key: string; detail: string }[]> => [
      ...(await base.sql<{ kind: string; key: string; detail: string }[]>`
        select kind, key, detail from attention_items where resolved_at is null order by id
      `),
    ],
    /** Requests that would change something there. */
    writes: () =>
      sandbox
        .requests()
        .filter(({ method, path }) => method === "POST" && path.startsWith("/v3/"))
        .map(({ path, query }) =>
          [path.split("/").at(-1), query["operation"]]
            .filter((part) => part !== undefined)
            .join(" "),
        ),
  };
}

/** A line of a request. Prices in minor units. */
export function line(
  description: string,
  quantity: number,
  unitPrice: number,
  more: object = {},
): object {
  return { description, quantity, unit_price: unitPrice, ...more };
}
