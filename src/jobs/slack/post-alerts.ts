import { z } from "zod";
import { disableDeadChannel } from "../../actions/dead-channel.ts";
import {
  claimNextMessage,
  recordPosted,
  recordRefused,
  recordUnknown,
} from "../../actions/tell-slack.ts";
import { withConnection, type OpenConnection } from "../../actions/use-connection.ts";
import { findCompany, type CompanyRow } from "../../db/companies.ts";
import { isOwed, listAlertEvents, oweAlerts, sumAlertEvents } from "../../db/slack-alerts.ts";
import {
  endMessage,
  markDoubtful,
  unclaimMessage,
  type SlackMessageRow,
} from "../../db/slack-messages.ts";
import { findSlackRoute } from "../../db/slack-routes.ts";
import { inTransaction } from "../../db/transaction.ts";
import {
  ConnectionRevoked,
  ProviderRejected,
  ProviderUnavailable,
  RateLimited,
} from "../../errors.ts";
import { defineJob, done, skipped, snoozed, type JobContext } from "../define-job.ts";
import { alertTypeNames, findAlertType, nightTypes } from "./alert-types.ts";
import { composeAlert } from "./compose-alert.ts";
import { findPosted, postMessage } from "./post-message.ts";

/** How many events of many are named. */
const NAMED_MAX = 5;
/** How long to leave a channel to another run, or to a night, in milliseconds. */
const BUSY_WAIT_MS = 1_000;
const NIGHT_WAIT_MS = 2_000;
/** Then the run comes back, so that it ends in time however slow Slack is. */
const MESSAGES_MAX = 20;

/**
 * Tells a company's Slack channel what it is owed, in the order of the events and a message a second,
 * until the route this run is about has been told the event it is about. One run at a time posts in a
 * channel; the others come back and find theirs told. Slack knows no idempotency: a message stands in
 * `slack_messages` before it leaves, and after an answer that was lost it is looked for by its key.
 */
export const postSlackAlerts = defineJob({
  name: "slack.post-alerts",
  provider: "slack",
  queue: "notifications",
  payload: z.object({ companyId: z.int(), routeId: z.int(), eventId: z.int() }),
  // As long as mails: Slack that is down over a night is back by then.
  retry: { attempts: 25, delayMsFirst: 1_000, delayMsMax: 6 * 3_600_000 },
  timeoutMs: 180_000,
  idempotencyKey: ({ companyId, routeId, eventId }) => `${companyId}/${routeId}/${eventId}`,
  follows: {
    types: alertTypeNames,
    async targets(tx, eventIds) {
      const owed = await oweAlerts(tx, eventIds);
      return owed.map(({ companyId, routeId, eventId }) => ({
        eventId,
        target: routeId,
        companyId,
        payload: { companyId, routeId, eventId },
      }));
    },
  },

  async run(ctx, payload) {
    const { companyId, routeId } = payload;
    return await withConnection(ctx, { companyId, provider: "slack" }, async (connection) => {
      const company = await findCompany(ctx.sql, companyId);
      if (company === undefined) return skipped("the company was deleted");
      for (let posted = 0; ; posted += 1) {
        ctx.signal.throwIfAborted();
        const route = await findSlackRoute(ctx.sql, { companyId, id: routeId });
        if (route === undefined) return skipped("the route was deleted");
        if (!(await isOwed(ctx.sql, payload))) {
          return posted > 0 ? done({ messages: posted }) : skipped("it was told with others");
        }
        if (!route.isEnabled) return skipped("the route is disabled");
        if (posted === MESSAGES_MAX) return snoozed(0, "there is more to tell");
        const ended = await tellNext(ctx, connection, { company, channel: route.channel });
        if (ended === "busy") return snoozed(BUSY_WAIT_MS, "the channel is being told others");
        if (ended === "nothing") return snoozed(NIGHT_WAIT_MS, "the night is not over yet");
      }
    });
  },
});

/** Posts the next message of a channel, whatever it is about. */
async function tellNext(
  ctx: JobContext,
  connection: OpenConnection,
  { company, channel }: { company: CompanyRow; channel: string },
): Promise<"told" | "busy" | "nothing"> {
  const runId = ctx.run.id;
  const companyId = company.id;
  const claim = await inTransaction(ctx.sql, (tx) =>
    claimNextMessage(tx, { companyId, channel, nightTypes, runId, now: ctx.clock.now() }),
  );
  if (claim.kind !== "message") return claim.kind;
  const { message } = claim;
  if (message.isDoubtful && (await wasFound(ctx, connection, message))) return "told";

  const alert = await compose(ctx, company, message);
  if (alert === undefined) {
    const ref = { companyId, messageId: message.id };
    await inTransaction(ctx.sql, (tx) =>
      endMessage(tx, ref, { status: "dropped", now: ctx.clock.now() }),
    );
    return "told";
  }
  const beforePost = async () => {
    const ref = { companyId, messageId: message.id };
    const isOurs = await markDoubtful(ctx.sql, ref, { runId, now: ctx.clock.now() });
    if (!isOurs) throw new NotOurs();
  };
  try {
    const { ts } = await postMessage(ctx, connection, { message, alert, beforePost });
    await inTransaction(ctx.sql, (tx) => recordPosted(tx, message, { ts, now: ctx.clock.now() }));
  } catch (error) {
    if (error instanceof NotOurs) return "told";
    await settleFailure(ctx, { company, message, error });
  }
  return "told";
}

/** Somebody changed the route meanwhile, or took the message over; found out right before it left. */
class NotOurs extends Error {}

/** Whether a message whose answer was lost is there. Where nobody can look, the record says so. */
async function wasFound(
  ctx: JobContext,
  connection: OpenConnection,
  message: SlackMessageRow,
): Promise<boolean> {
  const now = ctx.clock.now();
  const triedAt = message.firstTriedAt ?? now;
  try {
    const found = await findPosted(ctx, connection, { ...message, triedAt });
    if (found === undefined) return false;
    await inTransaction(ctx.sql, (tx) => recordPosted(tx, message, { ts: found.ts, now }));
    return true;
  } catch (error) {
    if (!(error instanceof ProviderRejected)) {
      await unclaim(ctx, message, { isDoubtful: true });
      throw error;
    }
    const errorCode = error.providerCode ?? error.code;
    await inTransaction(ctx.sql, (tx) =>
      recordUnknown(tx, message, { errorCode, errorMessage: error.message, now }),
    );
    return true;
  }
}

/** Undefined when nothing is left to be told: the route was deleted. */
async function compose(
  { sql, connectors }: JobContext,
  company: CompanyRow,
  message: SlackMessageRow,
) {
  const { companyId, id: messageId, eventType, alertCount: count } = message;
  const amount = findAlertType(eventType)?.amount?.name ?? null;
  const ref = { companyId, messageId };
  const events = await listAlertEvents(sql, { ...ref, amount, limit: NAMED_MAX });
  if (events.length === 0) return undefined;
  const sums = count > 1 && amount !== null ? await sumAlertEvents(sql, { ...ref, amount }) : [];
  const pages = { appUrl: connectors.mailPolicy.appUrl, consoleUrl: connectors.consoleUrl };
  return composeAlert({ company, pages, eventType, count, events, sums });
}

/** @throws the error again, unless the channel is dead: then its routes are off, and that is the end */
async function settleFailure(
  ctx: JobContext,
  { company, message, error }: { company: CompanyRow; message: SlackMessageRow; error: unknown },
): Promise<void> {
  const { companyId, channel } = message;
  const now = ctx.clock.now();
  if (error instanceof ProviderRejected) {
    const code = error.providerCode ?? error.code;
    if (error.code === "channel_dead") {
      const occurredAt = company.testNow ?? now;
      await inTransaction(ctx.sql, (tx) =>
        disableDeadChannel(tx, { companyId, channel }, { code, now, occurredAt }),
      );
      return;
    }
    const failure = { errorCode: code, errorMessage: error.message, now };
    await inTransaction(ctx.sql, (tx) => recordRefused(tx, message, failure));
    throw error;
  }
  // Of these we know that nothing was posted. Of anything else the next one looks first.
  const isSurelyNot =
    error instanceof RateLimited ||
    error instanceof ProviderUnavailable ||
    error instanceof ConnectionRevoked;
  await unclaim(ctx, message, { isDoubtful: !isSurelyNot });
  throw error;
}

async function unclaim(
  { sql, run, clock }: JobContext,
  { companyId, id: messageId }: SlackMessageRow,
  { isDoubtful }: { isDoubtful: boolean },
): Promise<void> {
  await unclaimMessage(
    sql,
    { companyId, messageId },
    { runId: run.id, isDoubtful, now: clock.now() },
  );
}
