import { withConnection } from "../../../actions/use-connection.ts";
import type { Slack, SlackCall, SlackChannel } from "../../../connectors/slack/contract.ts";
import { InvalidInput, ProviderRejected, ProviderUnavailable } from "../../../errors.ts";
import type { CompanyContext } from "../../context.ts";

/** A request waits for Slack no longer, in milliseconds (API.md, oddities). */
const ANSWERS_MS_MAX = 10_000;

/** What a request that asks Slack can come to, beside its own. */
export const slackFailures = [409, 502, 503] as const;

/**
 * Asks Slack for a company, within a request. Not in its transaction: a token that is renewed on the way
 * is kept whatever becomes of the request.
 *
 * @throws ConnectionRevoked (409) when the company is not connected
 * @throws ProviderUnavailable (502) when Slack does not answer in time
 */
export async function askSlack<Result>(
  { services, company, clock }: CompanyContext,
  ask: (slack: Slack, call: SlackCall) => Promise<Result>,
): Promise<Result> {
  const { sql, connectors } = services;
  const signal = AbortSignal.timeout(ANSWERS_MS_MAX);
  const key = { companyId: company.id, provider: "slack" } as const;
  try {
    return await withConnection({ sql, clock, connectors, signal }, key, async (connection) =>
      connection.call(async (accessToken) => await ask(connectors.slack, { accessToken, signal })),
    );
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new ProviderUnavailable("Slack does not answer.", { cause: error });
  }
}

/**
 * A channel that alerts can go to: our app is in it, so that it can look there whether a message
 * arrived; a public one is entered for that.
 *
 * @throws InvalidInput naming `field` when it is none
 */
export async function chooseChannel(
  context: CompanyContext,
  channel: string,
  field = "channel",
): Promise<SlackChannel> {
  const refuse = (text: string, cause?: unknown) =>
    new InvalidInput({ [field]: [text] }, { cause });
  return await askSlack(context, async (slack, call) => {
    const found = await slack.findChannel(call, channel);
    if (found === undefined) {
      throw refuse("There is no such channel, or it is private: invite our app there first.");
    }
    if (found.isArchived) throw refuse("The channel is archived.");
    if (found.isMember) return found;
    if (found.isPrivate) throw refuse("The channel is private: invite our app there first.");
    try {
      await slack.joinChannel(call, channel);
    } catch (error) {
      if (!(error instanceof ProviderRejected)) throw error;
      throw refuse(`Slack does not let our app in: ${error.providerCode ?? error.code}.`, error);
    }
    return { ...found, isMember: true };
  });
}
