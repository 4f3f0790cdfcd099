import type { MailMessage, MailReceipt } from "../../connectors/contract.ts";
import { takeBudget } from "../../db/budgets.ts";
import type { Tx } from "../../db/client.ts";
import { inTransaction } from "../../db/transaction.ts";
import {
  errorText,
  NotFound,
  ProviderRejected,
  ProviderUnavailable,
  WriteUnconfirmed,
} from "../../errors.ts";
import { wait } from "../../platform/wait.ts";
import { done, skipped, snoozed, type JobContext, type Outcome } from "../define-job.ts";

/**
 * Longest wait inside a run for its turn with the mail server, in milliseconds. Long, so that a night
 * of thousands of mails waits in the feed, in fair turns, and not by coming back again and again.
 */
const TURN_WAIT_MS_MAX = 20_000;

/** How long to leave a record alone that just changed, in milliseconds. */
const REWRITE_WAIT_MS = 1_000;

/** Nothing is to be sent (any more), and why. */
export interface Over {
  kind: "over";
  reason: string;
}

/** A mail, ready to leave. */
export interface Letter {
  message: MailMessage;
  /**
   * SHA-256 of the secret in its link. The secret itself is made when the mail is composed, stands
   * nowhere else, and is worth something from `commit` on.
   */
  linkHash?: Buffer;
}

/** One mail we owe, and the record of how far it got. Every step but `compose` is one transaction. */
export interface OwedMail<Opened extends { kind: "ready" }> {
  /** Looks, under lock, whether it is still to be sent. */
  open(tx: Tx): Promise<Opened | Over>;
  /** Writes the mail out of the records as they are now. */
  compose(opened: Opened): Promise<Letter>;
  /**
   * The last look, right before the last byte leaves: from then on the record says `sending`. A
   * record that changed since the mail was composed is said to be `changed`.
   */
  commit(
    tx: Tx,
    opened: Opened,
    letter: Letter,
  ): Promise<{ kind: "ready" } | Over | { kind: "changed" }>;
  /** The mail server took it. */
  accept(tx: Tx, receipt: MailReceipt): Promise<void>;
  /** Nobody knows whether it arrived: it is not sent again. */
  doubt(tx: Tx, reason: string): Promise<void>;
  /** The mail server said no for good. False when the mail is somebody else's to send by now. */
  fail(tx: Tx, failure: { code: string; reason: string }): Promise<boolean>;
  /** It surely did not leave, and still is to. */
  requeue(tx: Tx, reason: string): Promise<void>;
}

/** The mail is not wanted any more; found out right before its last byte. */
class NoLongerWanted extends Error {}
/** What the mail says is not true any more; found out right before its last byte. */
class RecordChanged extends Error {}

/**
 * Sends one mail we owe, at most once. SMTP has no idempotency: `sending` is written durably right
 * before the last byte leaves, so only a worker that dies, or a line that breaks, in the one round
 * trip after it leaves doubt; the record then says `unknown` and the mail is not sent again.
 */
export async function sendOnce<Opened extends { kind: "ready" }>(
  ctx: JobContext,
  mail: OwedMail<Opened>,
): Promise<Outcome> {
  const { sql, connectors } = ctx;
  const opened = await inTransaction(sql, (tx) => mail.open(tx));
  if (opened.kind === "over") return skipped(opened.reason);

  const { perSecond } = connectors.mailPolicy;
  if (perSecond !== null) {
    const turn = await takeBudget(sql, "mail", {
      perSecond,
      burst: 1,
      waitMsMax: TURN_WAIT_MS_MAX,
    });
    if (!turn.isTaken) return snoozed(turn.waitMs, "the mail server's limit");
    await wait(turn.waitMs, ctx.signal);
  }

  let letter: Letter;
  try {
    letter = await mail.compose(opened);
  } catch (error) {
    // What was there a moment ago may be in another company by now.
    if (!(error instanceof NotFound)) throw error;
    const again = await inTransaction(sql, (tx) => mail.open(tx));
    if (again.kind === "over") return skipped(again.reason);
    throw error;
  }
  const beforeCommit = async () => {
    const last = await inTransaction(sql, (tx) => mail.commit(tx, opened, letter));
    if (last.kind === "over") throw new NoLongerWanted(last.reason);
    if (last.kind === "changed") throw new RecordChanged();
  };
  let receipt: MailReceipt;
  try {
    receipt = await connectors.mail.send(letter.message, { signal: ctx.signal, beforeCommit });
  } catch (error) {
    return await endAfter(ctx, mail, error);
  }
  await inTransaction(sql, (tx) => mail.accept(tx, receipt));
  return done({ message_id: letter.message.messageId });
}

async function endAfter<Opened extends { kind: "ready" }>(
  { sql }: JobContext,
  mail: OwedMail<Opened>,
  error: unknown,
): Promise<Outcome> {
  const reason = errorText(error);
  if (error instanceof NoLongerWanted) return skipped(reason);
  if (error instanceof RecordChanged) {
    return snoozed(REWRITE_WAIT_MS, "its record changed while the mail was being written");
  }
  if (error instanceof WriteUnconfirmed) {
    await inTransaction(sql, (tx) => mail.doubt(tx, reason));
    return skipped(`nobody knows whether it arrived: ${reason}`);
  }
  if (error instanceof ProviderRejected) {
    const isOurs = await inTransaction(sql, (tx) => mail.fail(tx, { code: error.code, reason }));
    if (!isOurs) return skipped(`somebody else sends it now; here it was refused: ${reason}`);
  } else if (error instanceof ProviderUnavailable) {
    // Surely not sent. Of anything else we do not know, and what stands in the record stays.
    await inTransaction(sql, (tx) => mail.requeue(tx, reason));
  }
  throw error;
}
