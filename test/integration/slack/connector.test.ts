import { expect, test } from "vitest";
import { startProviderServer } from "../../../sandbox/server.ts";
import { slackSandbox } from "../../../sandbox/slack/slack.ts";
import type { SlackAlert } from "../../../src/connectors/slack/contract.ts";
import { createSlack } from "../../../src/connectors/slack/slack.ts";
import { systemClock } from "../../../src/platform/clock.ts";
import { describeConnector } from "../../support/connector-suite.ts";
import { slackCheck, type SlackState } from "../../support/slack.ts";

const CHANNEL = "G0OWNERS001";
const alertOf = (title: string): SlackAlert => ({ title, facts: [], lines: [], footer: "Acme" });
const check = await slackCheck();

describeConnector({
  name: "Slack",
  sandbox: slackSandbox,
  ...(check !== undefined && { check }),
  open({ url, timeouts, app }) {
    const slack = createSlack({ app, url, clock: systemClock, timeouts });
    return {
      oauth: slack.oauth,
      read: (accessToken, signal) => slack.listChannels({ accessToken, signal }),
      close: () => slack.close(),
      slack,
    };
  },
  paths: {
    token: "/api/oauth.v2.access",
    read: "/api/conversations.list",
  },
  writes: {
    path: "/api/chat.postMessage",
    async write({ slack }, fact, call) {
      // More than one, for each takes a message a second.
      const channel = Number(fact.at(-1)) % 2 === 0 ? "C0GENERAL01" : "C0BILLING01";
      await slack.joinChannel(call, channel);
      const message = { channel, key: fact };
      // As the job does it: after a doubt it looks first.
      const found = await slack.findMessage(call, { ...message, since: new Date(0) });
      return found ?? (await slack.postMessage(call, { ...message, alert: alertOf(fact) }));
    },
    count: (state, fact) =>
      (state as SlackState).channels
        .flatMap(({ messages }) => messages)
        .filter(({ metadata }) => metadata.event_payload.key === fact).length,
  },
});

/** The connector beside a sandbox, let in there. */
async function open(onTestFinished: (close: () => Promise<void>) => void) {
  const server = await startProviderServer(slackSandbox, {
    ...(check !== undefined && { check }),
  });
  const { client } = server.oauth;
  const app = { clientId: client.id, clientSecret: client.secret };
  const slack = createSlack({ app, url: server.url, clock: systemClock });
  onTestFinished(async () => {
    slack.close();
    await server.close();
  });
  const redirectUri = "https://here.test/back";
  const signal = AbortSignal.timeout(20_000);
  const page = await fetch(
    slack.oauth.authorizeUrl({ app, redirectUri, state: "s", codeChallenge: null }),
    { redirect: "manual" },
  );
  const code = new URL(page.headers.get("location") ?? "").searchParams.get("code") ?? "";
  const exchange = { app, code, redirectUri, codeVerifier: null, query: {}, signal };
  const grant = await slack.oauth.exchange(exchange);
  const call = { accessToken: grant.accessToken, signal };
  const { accessToken, refreshToken } = grant;
  const credentialed = {
    app,
    credentials: { accessToken, refreshToken, redirectUri },
    externalId: grant.externalId,
    signal,
  };
  return { server, slack, app, call, grant, exchange, credentialed };
}

test("Slack's words, most of which come with status 200, have their classes", async ({
  onTestFinished,
}) => {
  const { server, slack, call } = await open(onTestFinished);
  const post = () => slack.postMessage(call, { channel: CHANNEL, alert: alertOf("a"), key: "k" });
  const expected: Readonly<Record<string, object>> = {
    ratelimited: { name: "RateLimited", retry: { afterMs: 30_000 } },
    fatal_error: { name: "WriteUnconfirmed" },
    internal_error: { name: "WriteUnconfirmed" },
    team_added_to_org: { name: "ProviderUnavailable" },
    message_limit_exceeded: { name: "ProviderUnavailable", code: "message_limit_exceeded" },
    token_revoked: { name: "ConnectionRevoked" },
    account_inactive: { name: "ConnectionRevoked" },
    missing_scope: { name: "ProviderRejected", code: "provider_rejected" },
    not_in_channel: { name: "ProviderRejected", code: "not_in_channel" },
    channel_not_found: { name: "ProviderRejected", code: "channel_dead" },
    is_archived: { name: "ProviderRejected", code: "channel_dead" },
    restricted_action_read_only_channel: { name: "ProviderRejected", code: "channel_dead" },
    invalid_blocks: { name: "ProviderRejected", code: "message_refused" },
    msg_blocks_too_long: { name: "ProviderRejected", code: "message_refused" },
  };
  for (const [error, like] of Object.entries(expected)) {
    const body = { ok: false, error, needed: "chat:write" };
    server.fault({ fault: { kind: "status", status: 200, body } });
    await expect(post(), error).rejects.toMatchObject(like);
  }
  // No JSON at all, a redirect, and a status that only something before Slack gives.
  const html = { kind: "malformed", body: "<html>busy</html>" } as const;
  server.fault({ fault: html });
  await expect(post()).rejects.toMatchObject({ name: "WriteUnconfirmed" });
  server.fault({ fault: html });
  await expect(slack.findChannel(call, CHANNEL)).rejects.toMatchObject({
    name: "ProviderUnavailable",
  });
  server.fault({ fault: { kind: "status", status: 302, headers: { location: "http://x.test" } } });
  await expect(post()).rejects.toMatchObject({ name: "ProviderUnavailable" });
  server.fault({ fault: { kind: "status", status: 403, body: "blocked" } });
  await expect(post()).rejects.toMatchObject({
    name: "ProviderRejected",
    providerCode: "http_403",
  });
});

test("channels are found, entered and looked through, page by page", async ({ onTestFinished }) => {
  const { server, slack, call } = await open(onTestFinished);
  const named = (await slack.listChannels(call)).map(({ name, isMember }) => [name, isMember]);
  expect(named).toEqual([
    ["general", false],
    ["billing", false],
    ["owners", true],
  ]);
  expect(await slack.findChannel(call, "G0SECRET001")).toBeUndefined();
  await slack.joinChannel(call, "C0BILLING01");
  await slack.joinChannel(call, "C0BILLING01");
  expect(await slack.findChannel(call, "C0BILLING01")).toMatchObject({ isMember: true });

  // A second each: what comes faster is refused, and was surely not posted.
  const post = (key: string) =>
    slack.postMessage(call, { channel: "C0BILLING01", alert: alertOf(key), key });
  const { ts } = await post("one");
  await post("two");
  await post("three");
  await expect(post("four")).rejects.toMatchObject({
    name: "RateLimited",
    retry: { afterMs: 1_000 },
  });
  const find = (key: string, since = new Date(0)) =>
    slack.findMessage(call, { channel: "C0BILLING01", key, since });
  expect(await find("one")).toEqual({ ts });
  expect(await find("four")).toBeUndefined();
  expect(await find("one", new Date(Date.now() + 60_000))).toBeUndefined();

  // Of a channel with much in it, the first page is not all.
  const body = {
    ok: true,
    messages: [{ type: "message", text: "", ts: "1.000000", metadata: "strange" }],
    has_more: true,
    response_metadata: { next_cursor: "0" },
  };
  const match = { path: "/api/conversations.history" };
  server.fault({ match, fault: { kind: "status", status: 200, body } });
  expect(await find("one")).toEqual({ ts });
  server.fault({ match, times: 50, fault: { kind: "status", status: 200, body } });
  await expect(find("one")).rejects.toMatchObject({ code: "not_to_be_found" });
  expect(server.problems()).toEqual([]);
});

test("a grant is checked and withdrawn, also one whose access has ended", async ({
  onTestFinished,
}) => {
  const { server, slack, call, grant, exchange, credentialed } = await open(onTestFinished);
  expect(grant).toMatchObject({
    externalId: "T0SANDBOX1",
    externalName: "Acme Corp",
    accessEndsInMs: 43_200_000,
    scopes: expect.arrayContaining(["chat:write", "channels:history"]),
  });
  const checkGrant = () => slack.oauth.check({ ...call, externalId: grant.externalId });
  expect(await checkGrant()).toEqual({ externalName: "Acme Corp" });
  await expect(slack.oauth.exchange(exchange)).rejects.toMatchObject({ name: "ConnectionRevoked" });

  server.oauth.expireAccess();
  await slack.oauth.revoke(credentialed);
  await expect(checkGrant()).rejects.toMatchObject({ name: "ConnectionRevoked" });
  // Withdrawn already, whoever did it.
  await slack.oauth.revoke(credentialed);
  expect(server.oauth.judge(grant.accessToken)).toBe("unknown");
  expect(server.problems()).toEqual([]);
});

const header = (text: string) => ({ type: "header", text: { type: "plain_text", text } });

test("blocks are judged as Slack does", async ({ onTestFinished }) => {
  const { server, call } = await open(onTestFinished);
  const post = async (blocks: unknown) => {
    const answer = await fetch(`${server.url}/api/chat.postMessage`, {
      method: "POST",
      headers: { authorization: `Bearer ${call.accessToken}` },
      body: new URLSearchParams({ channel: CHANNEL, text: "a", blocks: JSON.stringify(blocks) }),
    });
    return ((await answer.json()) as { error?: string }).error;
  };
  expect(await post([header("a".repeat(150))])).toBeUndefined();
  for (const blocks of [
    [header("a".repeat(151))],
    [header("")],
    [{ type: "section" }],
    [{ type: "section", text: { type: "mrkdwn", text: "a".repeat(3_001) } }],
    [{ type: "rich_text", elements: [{ type: "rich_text_section", elements: [] }] }],
    [{ type: "actions", elements: [{ type: "button", text: { type: "mrkdwn", text: "a" } }] }],
    [{ type: "nonsense" }],
    Array.from({ length: 51 }, () => header("a")),
  ]) {
    expect(await post(blocks), JSON.stringify(blocks).slice(0, 80)).toBe("invalid_blocks");
  }
  const long = { type: "section", text: { type: "mrkdwn", text: "a".repeat(2_900) } };
  expect(await post(Array.from({ length: 5 }, () => long))).toBe("msg_blocks_too_long");
});
