import { startProviderServer } from "../../../sandbox/server.ts";
import { slackSandbox } from "../../../sandbox/slack/slack.ts";
import { openCompany, type CompanyOptions } from "../../support/company.ts";
import { connectOverApi } from "../../support/connect.ts";
import { eventually } from "../../support/eventually.ts";
import { startPlatform } from "../../support/platform.ts";
import { openTestProviders } from "../../support/providers.ts";
import { setup } from "../../support/setup.ts";
import { slackCheck, type SlackState } from "../../support/slack.ts";
import { createAsk } from "../api/start-api.ts";

export const BILLING = "C0BILLING01";
export const OWNERS = "G0OWNERS001";

const WITHIN_MS = 20_000;

/** The whole product beside a Slack, and a company that is connected to it. */
export async function startSlack(options: CompanyOptions = {}) {
  const base = await setup();
  const check = await slackCheck();
  const sandbox = await startProviderServer(slackSandbox, {
    ...(check !== undefined && { check }),
  });
  base.defer(() => sandbox.close());
  const { client } = sandbox.oauth;
  const providers = openTestProviders({
    slack: { clientId: client.id, clientSecret: client.secret, url: sandbox.url },
  });
  base.defer(() => providers.closeProviders());
  const platform = await startPlatform(base, { providers, appUrl: "https://app.test" });
  const company = await openCompany(platform, options);
  const ask = createAsk(platform.url);
  const connect = () =>
    connectOverApi(ask, {
      token: company.token,
      connectPath: `/api/v1/integrations/slack/connect?company_id=${company.id}`,
    });
  await connect();

  /** Switches alerts of a type on, in a channel. */
  const alertOn = async (event_type: string, channel = BILLING) =>
    await company.post("/integrations/slack/alerts", { event_type, channel });
  const messagesIn = (channel: string) =>
    (sandbox.readState() as SlackState).channels.find(({ id }) => id === channel)?.messages ?? [];
  /** Waits until a channel has so many messages, and is owed nothing more. */
  const told = async (count: number, channel = BILLING) =>
    await eventually(
      async () => {
        const messages = messagesIn(channel);
        const [{ owed } = { owed: 0 }] = await base.sql<{ owed: number }[]>`
          select count(*)::int as owed
          from slack_alerts a
          join slack_routes r on r.company_id = a.company_id and r.id = a.route_id
          where r.channel = ${channel}
        `;
        if (messages.length >= count && owed === 0) return messages;
        throw new Error(`${messages.length} messages, ${owed} owed`);
      },
      { withinMs: WITHIN_MS },
    );
  /** What somebody does in Slack itself. */
  const inSlack = async (method: string, channel: string) => {
    const answer = await fetch(`${sandbox.url}/api/conversations.${method}`, {
      method: "POST",
      headers: { authorization: `Bearer ${client.secret}` },
      body: new URLSearchParams({ channel }),
    });
    if (!((await answer.json()) as { ok: boolean }).ok) throw new Error(method);
  };
  return { ...base, sandbox, platform, company, connect, alertOn, messagesIn, told, inSlack };
}

function textOf(parts: readonly { text: string }[]): string {
  return parts.map(({ text }) => text).join("");
}

/** What people read of a message: its title, its facts and lines, and where it leads. */
export function readMessage({ blocks }: SlackState["channels"][number]["messages"][number]) {
  const [header] = blocks;
  const rich = blocks.find(({ type }) => type === "rich_text")?.elements ?? [];
  return {
    title: header.text.text,
    facts: rich
      .filter(({ type }: { type: string }) => type === "rich_text_section")
      .flatMap(({ elements }: { elements: [] }) => textOf(elements).split("\n")),
    lines: rich
      .filter(({ type }: { type: string }) => type === "rich_text_list")
      .flatMap(({ elements }: { elements: { elements: [] }[] }) =>
        elements.map((line) => textOf(line.elements)),
      ),
    link: blocks.find(({ type }) => type === "actions")?.elements[0].url,
    footer: blocks.at(-1).elements[0].text,
  };
}
