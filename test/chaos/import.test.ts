import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Books } from "../../sandbox/freshbooks/books.ts";
import { freshbooksSandbox } from "../../sandbox/freshbooks/freshbooks.ts";
import { startProviderServer } from "../../sandbox/server.ts";
import { startApi } from "../integration/api/start-api.ts";
import { connectOverApi } from "../support/connect.ts";
import { eventually } from "../support/eventually.ts";
import { openTestProviders } from "../support/providers.ts";
import { startSmtpServer } from "../support/smtp-server.ts";
import { launch } from "./night-processes.ts";
import { kill } from "./processes.ts";

const BASE = "/api/v1/settings/freshbooks";

/** Of the clients that are in use; archived ones are a list of their own. */
function isFirstPage({ path, query }: { path: string; query: Record<string, string> }): boolean {
  return (
    path.endsWith("/users/clients") && query["page"] === "1" && query["search[vis_state]"] === "0"
  );
}

test("an import whose worker is killed again and again goes on where it was and doubles nothing", async () => {
  const sandbox = await startProviderServer(freshbooksSandbox, {
    seed: { clients: 220, invoices: 1_500 },
  });
  const providers = openTestProviders({ freshbooks: { url: sandbox.url } });
  const api = await startApi({}, { providers });
  api.defer(() => sandbox.close());
  api.defer(() => providers.closeProviders());
  const mail = await startSmtpServer();
  api.defer(() => mail.close());
  const { token } = await api.signUp();
  const call = (method: string, path: string, body?: unknown) =>
    api.ask(method, `${BASE}/${path}`, { token, body });
  await call("POST", "credentials", {
    client_id: "sandbox-client",
    client_secret: "sandbox-secret",
  });
  await connectOverApi(api.ask, { token, connectPath: `${BASE}/connect` });
  // Tokens of the test's clock; the processes have the machine's.
  await api.sql`update connections set access_expires_at = null`;

  const env = { TEST_PROVIDERS: JSON.stringify({ freshbooks: { url: sandbox.url } }) };
  await launch(api, "scheduler", mail);
  expect((await call("POST", "import", {})).status).toBe(202);
  const isBeyondFirstPage = (): boolean => {
    const asked = sandbox.requests();
    const first = asked.findIndex(isFirstPage);
    return first !== -1 && asked.slice(first).some((request) => !isFirstPage(request));
  };
  for (let round = 0; round < 4; round += 1) {
    const asked = sandbox.requests().length;
    // Its sixth request from here is not answered while it lives: it cannot be through before it is killed.
    sandbox.fault({ fault: { kind: "delay", ms: 60_000 }, skip: 5 });
    const worker = await launch(api, "worker", mail, env);
    await eventually(() => sandbox.requests().length > asked, { withinMs: 30_000 });
    // The first worker may die with the first page; the second has kept it when it asks for another one.
    if (round === 1) await eventually(isBeyondFirstPage, { withinMs: 30_000 });
    // Not a wait for something: the kill is to strike at any moment of a page.
    await delay(Math.random() * 500);
    await kill(worker);
    sandbox.clearFaults();
  }
  await launch(api, "worker", mail, env);
  const status = await eventually(
    async () => {
      const { data } = (await call("GET", "status")).body;
      return data.status !== "importing" && data;
    },
    { withinMs: 90_000, everyMs: 100 },
  );
  expect(status).toMatchObject({ status: "completed", error_message: null });
  const runs = await api.sql`select starts from job_runs where job = 'freshbooks.import'`;
  // Each kill struck while the run was at work.
  expect(runs).toEqual([{ starts: 5 }]);

  const books = sandbox.readState() as Books;
  const active = (name: keyof Books) => books[name].filter((entry) => entry["vis_state"] !== 1);
  const { tally, progress, reconciliation } = status;
  expect(progress.invoices).toBe(active("invoices").length);
  expect(tally.invoices).toEqual({
    created: active("invoices").length - 1,
    refused: 1,
    updated: 0,
    unchanged: 0,
  });
  expect(tally.payments.created + tally.payments.refused).toBe(active("payments").length);
  const [rows] = await api.sql`
    select
      (select count(*)::int from invoices) as invoices,
      (select count(*)::int from payments) as payments,
      (select count(*)::int from events where type = 'invoice.imported') as told,
      (select count(*)::int from events where type = 'import.completed') as ended
  `;
  expect(rows).toEqual({
    invoices: tally.invoices.created,
    payments: tally.payments.created,
    told: tally.invoices.created,
    ended: 1,
  });
  for (const sum of reconciliation.sums) {
    expect(sum.here.amount, JSON.stringify(sum)).toBe(sum.there.amount);
  }
  // Once it was kept, nobody asked for it again.
  expect(sandbox.requests().filter(isFirstPage).length).toBeLessThanOrEqual(2);
  expect(mail.mails).toEqual([]);
});
