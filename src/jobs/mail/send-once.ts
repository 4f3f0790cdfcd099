import type { MailMessage, MailReceipt } from "../../connectors/contract.ts";
import { takeBudget } from "../../db/budgets.ts";
import type { Tx } from "../../db/client.ts";
import { inTransaction } from "../../db/transaction.ts";
import {
  Failure,
  NotFound,
  ProviderRejected,
  ProviderUnavailable,
  retryOf,
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

/** It may not be sent yet; look again after so many milliseconds. */
export interface Later {
  kind: "later";
  waitMs: number;
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
  open(tx: Tx): Promise<Opened | Over | Later>;
  /** Writes the mail out of the records as they are now. */
  compose(opened: Opened): Promise<Letter>;
  /**
   * The last look, right before the last byte leaves: from then on the record says `sending`. Where
   * what the mail says, or to whom it goes, changed since it was composed, it is said to be `changed`.
   */
  commit(
    tx: Tx,
    opened: Opened,
    letter: Letter,
  ): Promise<{ kind: "ready" } | Over | Later | { kind: "changed" }>;
  /** The mail server took it, though not the copies that `refusals` tells of. */
  accept(tx: Tx, receipt: MailReceipt, refusals: string | undefined): Promise<void>;
  /** Nobody knows whether it arrived: it is not sent again. */
  doubt(tx: Tx, reason: string): Promise<void>;
  /**
   * The mail server said no for good, or the mail cannot be written. False when the mail is somebody
   * else's to send by now.
   */
  fail(tx: Tx, failure: { code: string; reason: string }): Promise<boolean>;
  /** It surely did not leave, and still is to. */
  requeue(tx: Tx, interruption: { code: string; reason: string }): Promise<void>;
}

/** Found out right before the last byte: the mail is not to leave now. */
class HeldBack extends Error {
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    super("the mail is not to leave now");
    this.outcome = outcome;
  }
}

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
  if (opened.kind !== "ready") return outcomeOf(opened);

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
    const again =
      error instanceof NotFound ? await inTransaction(sql, (tx) => mail.open(tx)) : opened;
    if (again.kind !== "ready") return outcomeOf(again);
    return await endAfter(ctx, mail, { error, isUnsent: true });
  }
  // Until this step has written `sending` and returned, the mail cannot have been accepted.
  let isUnsent = true;
  const beforeCommit = async () => {
    const last = await inTransaction(sql, (tx) => mail.commit(tx, opened, letter));
    if (last.kind === "changed") {
      const reason = "its record changed while the mail was being written";
      throw new HeldBack(snoozed(REWRITE_WAIT_MS, reason));
    }
    if (last.kind !== "ready") throw new HeldBack(outcomeOf(last));
    isUnsent = false;
  };
  let receipt: MailReceipt;
  try {
    receipt = await connectors.mail.send(letter.message, { signal: ctx.signal, beforeCommit });
    checkTaken(letter.message, receipt);
  } catch (error) {
    return await endAfter(ctx, mail, { error, isUnsent });
  }
  const refusals = receipt.rejected.map(({ address, response }) => `${address}: ${response}`);
  await inTransaction(sql, (tx) =>
    mail.accept(tx, receipt, refusals.length === 0 ? undefined : refusals.join("; ")),
  );
  return done({ message_id: letter.message.messageId });
}

function outcomeOf(closed: Over | Later): Outcome {
  return closed.kind === "over" ? skipped(closed.reason) : snoozed(closed.waitMs, closed.reason);
}

/** Throws when only copies were taken: whom the mail is for has none. */
function checkTaken({ to }: MailMessage, { rejected }: MailReceipt): void {
  const refused = rejected.find(({ address }) =>
    to.some((each) => each.address.toLowerCase() === address.toLowerCase()),
  );
  if (refused === undefined) return;
  throw new ProviderRejected(
    `The mail server refused the recipient and took the copies: ${refused.response}`,
    { code: "recipient_rejected", providerCode: refused.response },
  );
}

/**
 * Writes down how far the mail got, and says how the run ends: by an outcome, or by throwing what went
 * wrong. What is neither a verdict of the mail server nor surely unsent (`isUnsent`: the last look was
 * not over; the signal that stopped us, which connectors heed before the last byte only) leaves the
 * record as it stands.
 */
async function endAfter<Opened extends { kind: "ready" }>(
  { sql, signal }: JobContext,
  mail: OwedMail<Opened>,
  { error, isUnsent }: { error: unknown; isUnsent: boolean },
): Promise<Outcome> {
  if (error instanceof HeldBack) return error.outcome;
  // What we did not foresee is for the log: the record is shown to those who use the product.
  const reason = error instanceof Failure ? error.message : "something of ours went wrong";
  if (error instanceof WriteUnconfirmed) {
    await inTransaction(sql, (tx) => mail.doubt(tx, reason));
    return skipped(`nobody knows whether it arrived: ${reason}`);
  }
  const isStopped = signal.aborted && error === signal.reason;
  if (!isStopped && error instanceof Failure && retryOf(error) === "never") {
    const { code } = error;
    const isOurs = await inTransaction(sql, (tx) => mail.fail(tx, { code, reason }));
    if (!isOurs) return skipped(`somebody else sends it now; here it was refused: ${reason}`);
  } else if (error instanceof ProviderUnavailable) {
    await inTransaction(sql, (tx) => mail.requeue(tx, { code: "unavailable", reason }));
  } else if (isStopped || isUnsent) {
    await inTransaction(sql, (tx) => mail.requeue(tx, { code: "interrupted", reason }));
  }
  throw error;
}
