import { ProviderRejected } from "../../errors.ts";
import type { Clock } from "../../platform/clock.ts";
import { createHttpClient } from "../../platform/http-client.ts";
import type { HttpTimeouts } from "../../platform/http-exchange.ts";
import type { OAuthApp } from "../../platform/oauth.ts";
import { openLater } from "../open-later.ts";
import { blocksOf, plainTextOf } from "./blocks.ts";
import type { Slack, SlackChannel } from "./contract.ts";
import { refusalOf } from "./refusals.ts";
import { createSlackOAuth } from "./oauth.ts";
import { ChannelAnswer, ChannelsAnswer, HistoryAnswer, OkAnswer, PostAnswer } from "./schemas.ts";

/** Whose metadata a message carries. */
const EVENT_TYPE = "nightledger_alert";
const CHANNELS_PER_PAGE = 1_000;
const CHANNEL_PAGES_MAX = 10;
const MESSAGES_PER_PAGE = 200;
/** In a channel where more was said since, whether ours is among it is not known. */
const MESSAGE_PAGES_MAX = 50;

/** @param url a sandbox; Slack itself without it */
export function createSlack({
  app,
  url,
  clock,
  timeouts = {},
}: {
  app: OAuthApp | null;
  url: string | undefined;
  clock: Clock;
  timeouts?: Partial<HttpTimeouts>;
}): Slack {
  const http = createHttpClient({ name: "Slack", clock, timeouts });
  const address = url ?? "https://slack.com";
  const client = openLater(async () => {
    const { createSlackClient } = await import("./client.ts");
    return createSlackClient({ http, url: address });
  });

  return {
    oauth: createSlackOAuth({ client, app, url: address, isReal: url === undefined }),

    async listChannels(call) {
      const channels: SlackChannel[] = [];
      let cursor = "";
      for (let page = 1; page <= CHANNEL_PAGES_MAX; page += 1) {
        const answer = await client({
          ...call,
          method: "conversations.list",
          args: {
            types: "public_channel,private_channel",
            exclude_archived: true,
            limit: CHANNELS_PER_PAGE,
            ...(cursor === "" ? {} : { cursor }),
          },
          schema: ChannelsAnswer,
          isWrite: false,
        });
        channels.push(...answer.channels);
        cursor = answer.response_metadata?.next_cursor ?? "";
        if (cursor === "") break;
      }
      return channels;
    },

    async findChannel(call, channel) {
      try {
        const answer = await client({
          ...call,
          method: "conversations.info",
          args: { channel },
          schema: ChannelAnswer,
          isWrite: false,
        });
        return answer.channel;
      } catch (error) {
        if (refusalOf(error) === "channel_not_found") return undefined;
        throw error;
      }
    },

    async joinChannel(call, channel) {
      // Asked twice it is one joining, so a lost answer leaves nothing in doubt.
      const args = { channel };
      await client({
        ...call,
        method: "conversations.join",
        args,
        schema: OkAnswer,
        isWrite: false,
      });
    },

    async postMessage(call, { channel, alert, key, isPlain = false }) {
      return await client({
        ...call,
        method: "chat.postMessage",
        args: {
          channel,
          text: plainTextOf(alert),
          ...(isPlain ? {} : { blocks: blocksOf(alert) }),
          metadata: { event_type: EVENT_TYPE, event_payload: { key } },
          mrkdwn: false,
          unfurl_links: false,
          unfurl_media: false,
        },
        schema: PostAnswer,
        isWrite: true,
      });
    },

    async findMessage(call, { channel, key, since }) {
      let cursor = "";
      for (let page = 1; page <= MESSAGE_PAGES_MAX; page += 1) {
        const answer = await client({
          ...call,
          method: "conversations.history",
          args: {
            channel,
            oldest: (since.getTime() / 1_000).toFixed(6),
            include_all_metadata: true,
            limit: MESSAGES_PER_PAGE,
            ...(cursor === "" ? {} : { cursor }),
          },
          schema: HistoryAnswer,
          isWrite: false,
        });
        const found = answer.messages.find(
          ({ metadata }) =>
            metadata?.event_type === EVENT_TYPE && metadata.event_payload?.key === key,
        );
        if (found !== undefined) return { ts: found.ts };
        cursor = answer.response_metadata?.next_cursor ?? "";
        if (cursor === "") return undefined;
      }
      throw new ProviderRejected("Slack: so much was said since that our message is not found", {
        code: "not_to_be_found",
      });
    },

    close: () => http.close(),
  };
}
