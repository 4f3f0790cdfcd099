import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { startProviderServer } from "../../sandbox/server.ts";
import { slackSandbox } from "../../sandbox/slack/slack.ts";
import { startApi } from "../integration/api/start-api.ts";
import { connectOverApi } from "../support/connect.ts";
import { eventually } from "../support/eventually.ts";
import { openTestProviders } from "../support/providers.ts";
import type { SlackState } from "../support/slack.ts";
import { startSmtpServer } from "../support/smtp-server.ts";
import { launch } from "./night-processes.ts";
import { kill } from "./processes.ts";

const BASE = "/api/v1/integrations/slack";
const CHANNEL = "G0OWNERS001";

test("an alert whose worker is killed after Slack took it, and before anybody wrote that down, is told once", async () => {
  const sandbox = await startProviderServer(slackSandbox);
  const slack = { clientId: "sandbox-client", clientSecret: "sandbox-secret", url: sandbox.url };
  const providers = openTestProviders({ slack });
  const api = await startApi({}, { providers });
  api.defer(() => sandbox.close());
  api.defer(() => providers.closeProviders());
  const mail = await startSmtpServer();
  api.defer(() => mail.close());
  const { token } = await api.signUp();
  const post = async (path: string, body: unknown) => {
    const { status, text } = await api.ask("POST", path, { token, body });
    if (status >= 300) throw new Error(text);
  };
  await connectOverApi(api.ask, { token, connectPath: `${BASE}/connect` });
  // Tokens of the test's clock; the processes have the machine's.
  await api.sql`update connections set access_expires_at = null`;
  await post(`${BASE}/alerts`, { event_type: "client.created", channel: CHANNEL });
  const messages = () =>
    (sandbox.readState() as SlackState).channels.find(({ id }) => id === CHANNEL)!.messages;
  const env = { TEST_PROVIDERS: JSON.stringify({ slack }) };
  await launch(api, "scheduler", mail);

  // Slack has it, and its answer does not come.
  sandbox.fault({
    match: { path: "/api/chat.postMessage" },
    fault: { kind: "delay", ms: 60_000, after: true },
  });
  const first = await launch(api, "worker", mail, env);
  await post("/api/v1/clients", { name: "Client 1" });
  await eventually(() => messages().length === 1, { withinMs: 20_000 });
  await kill(first);
  expect(await api.sql`select status, is_doubtful, ts from slack_messages`).toMatchObject([
    { status: "open", isDoubtful: true, ts: null },
  ]);

  // Two go on, and one of them is killed at any moment.
  const [staying, going] = await Promise.all([
    launch(api, "worker", mail, env),
    launch(api, "worker", mail, env),
  ]);
  const names = ["Client 1", "Client 2", "Client 3"];
  for (const name of names.slice(1)) await post("/api/v1/clients", { name });
  // Not a wait for something: the kill is to strike at any moment of a message.
  await delay(Math.random() * 2_000);
  await kill(going);
  await eventually(
    async () => {
      const [row] = await api.sql<{ owed: number }[]>`
        select count(*)::int as owed from slack_alerts
      `;
      return row?.owed === 0;
    },
    { withinMs: 60_000, everyMs: 100 },
  );
  await kill(staying);

  const told = messages().flatMap(({ text }) => text.match(/Client \d/g) ?? []);
  expect([...new Set(told)]).toEqual(names);
  // Each of them stands in one message.
  for (const name of names) {
    expect(
      messages().filter(({ text }) => text.includes(name)),
      name,
    ).toHaveLength(1);
  }
  const looks = sandbox.requests().filter(({ path }) => path === "/api/conversations.history");
  expect(looks.length).toBeGreaterThan(0);
  expect(await api.sql`select 1 from slack_messages where status <> 'posted'`).toHaveLength(0);
});
