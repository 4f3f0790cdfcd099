import type { OpenConnection } from "../../actions/use-connection.ts";
import { withBudget } from "../../actions/provider-budget.ts";
import type { SlackAlert } from "../../connectors/slack/contract.ts";
import { ProviderRejected } from "../../errors.ts";
import type { JobContext } from "../define-job.ts";

/** Slack takes one a second in each channel. */
const LIMIT = { perSecond: 1, burst: 1, waitMsMax: 3_000 };

/** Milliseconds that Slack's clock may be apart from ours when a message is looked for. */
const CLOCKS_APART_MS = 5 * 60_000;

interface Message {
  channel: string;
  key: string;
}

/**
 * Posts one message, when it is its turn in the channel. A channel our app is not in is entered, where
 * that can be done; blocks that Slack does not take go as text.
 *
 * @param beforePost awaited right before it leaves, if given; again when it is posted again
 * @throws ProviderRejected with the code `channel_dead` when nothing can be posted there
 * @throws WriteUnconfirmed when it may be there: look before it is posted again
 */
export async function postMessage(
  ctx: JobContext,
  connection: OpenConnection,
  {
    message,
    alert,
    beforePost,
  }: { message: Message; alert: SlackAlert; beforePost?: () => Promise<void> },
): Promise<{ ts: string }> {
  const { slack } = ctx.connectors;
  const { channel, key } = message;
  const budget = { key: `slack/${connection.externalId}/${channel}`, limit: LIMIT };
  const post = async (isPlain: boolean) =>
    await connection.call((accessToken) =>
      withBudget(ctx, budget, async () => {
        await beforePost?.();
        return await slack.postMessage(
          { accessToken, signal: ctx.signal },
          { channel, alert, key, isPlain },
        );
      }),
    );
  try {
    return await post(false);
  } catch (error) {
    if (!(error instanceof ProviderRejected)) throw error;
    if (error.code === "message_refused") return await post(true);
    if (error.code !== "not_in_channel") throw error;
    await enter(ctx, connection, channel, error);
    return await post(false);
  }
}

/** A private channel can only be entered by invitation: then nothing can be posted there. */
async function enter(
  ctx: JobContext,
  connection: OpenConnection,
  channel: string,
  refusal: ProviderRejected,
): Promise<void> {
  const { slack } = ctx.connectors;
  try {
    await connection.call(
      async (accessToken) => await slack.joinChannel({ accessToken, signal: ctx.signal }, channel),
    );
  } catch (error) {
    if (!(error instanceof ProviderRejected)) throw error;
    throw new ProviderRejected(refusal.message, {
      cause: error,
      code: "channel_dead",
      providerCode: refusal.providerCode ?? "not_in_channel",
    });
  }
}

/**
 * Whether a message is there already that was tried at that moment, or later. Only who is in a channel
 * can look, so one that our app left is entered again.
 */
export async function findPosted(
  ctx: JobContext,
  connection: OpenConnection,
  { channel, key, triedAt }: Message & { triedAt: Date },
): Promise<{ ts: string } | undefined> {
  const since = new Date(triedAt.getTime() - CLOCKS_APART_MS);
  const look = async () =>
    await connection.call(
      async (accessToken) =>
        await ctx.connectors.slack.findMessage(
          { accessToken, signal: ctx.signal },
          { channel, key, since },
        ),
    );
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof ProviderRejected && error.code === "not_in_channel")) throw error;
    await enter(ctx, connection, channel, error);
    return await look();
  }
}
