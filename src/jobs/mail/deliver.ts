import {
  acceptDelivery,
  commitDelivery,
  doubtDelivery,
  failDelivery,
  openDelivery,
  requeueDelivery,
  type MailRef,
  type OpenedDelivery,
} from "../../actions/deliver-mail.ts";
import { loadMailContent } from "../../actions/load-mail-content.ts";
import { messageIdOf } from "../../billing/message-ids.ts";
import type { MailMessage } from "../../connectors/contract.ts";
import { takeBudget } from "../../db/budgets.ts";
import { findCompany } from "../../db/companies.ts";
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

/** The mail is not wanted any more; found out right before its last byte. */
class NoLongerWanted extends Error {}
/** What the mail says is not true any more; found out right before its last byte. */
class RecordChanged extends Error {}

/**
 * Sends one mail we owe, at most once. SMTP has no idempotency: `sending` is written durably right
 * before the last byte leaves, so only a worker that dies, or a line that breaks, in the one round
 * trip after it leaves doubt; the record then says `unknown` and the mail is not sent again.
 */
export async function deliverMail(
  ctx: JobContext,
  { companyId, deliveryId }: { companyId: number; deliveryId: number },
): Promise<Outcome> {
  const { sql, connectors } = ctx;
  const ref: MailRef = { companyId, deliveryId, clock: ctx.clock };
  const opened = await inTransaction(sql, (tx) => openDelivery(tx, ref));
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

  const message = await composeMessage(ctx, opened);
  const { messageId } = message;
  const { version } = opened.state;
  const beforeCommit = async () => {
    const last = await inTransaction(sql, (tx) =>
      commitDelivery(tx, { ...ref, messageId, version }),
    );
    if (last.kind === "over") throw new NoLongerWanted(last.reason);
    if (last.kind === "changed") throw new RecordChanged();
  };
  let receipt;
  try {
    receipt = await connectors.mail.send(message, { signal: ctx.signal, beforeCommit });
  } catch (error) {
    return await endAfter(ctx, ref, error);
  }
  const { response } = receipt;
  await inTransaction(sql, (tx) => acceptDelivery(tx, { ...ref, response }));
  return done({ message_id: messageId });
}

async function endAfter(ctx: JobContext, ref: MailRef, error: unknown): Promise<Outcome> {
  const { sql } = ctx;
  const reason = errorText(error);
  if (error instanceof NoLongerWanted) return skipped(reason);
  if (error instanceof RecordChanged) {
    return snoozed(REWRITE_WAIT_MS, "its record changed while the mail was being written");
  }
  if (error instanceof WriteUnconfirmed) {
    await inTransaction(sql, (tx) => doubtDelivery(tx, { ...ref, reason }));
    return skipped(`nobody knows whether it arrived: ${reason}`);
  }
  if (error instanceof ProviderRejected) {
    await inTransaction(sql, (tx) => failDelivery(tx, { ...ref, code: error.code, reason }));
  } else if (error instanceof ProviderUnavailable) {
    // Surely not sent. Of anything else we do not know, and what stands in the record stays.
    await inTransaction(sql, (tx) => requeueDelivery(tx, { ...ref, reason }));
  }
  throw error;
}

async function composeMessage(
  ctx: JobContext,
  opened: Extract<OpenedDelivery, { kind: "ready" }>,
): Promise<MailMessage> {
  const { delivery, now } = opened;
  const company = await findCompany(ctx.sql, delivery.companyId);
  if (company === undefined) throw new NotFound("Company");
  const content = await loadMailContent(ctx.sql, company, opened);

  const { from, domain } = ctx.connectors.mailPolicy;
  return {
    ...content.mail,
    from: { name: company.name, address: from },
    ...(company.email === null ? {} : { replyTo: { name: company.name, address: company.email } }),
    to: [{ name: content.recipientName, address: delivery.recipient! }],
    ...(content.cc.length === 0 ? {} : { cc: content.cc.map((address) => ({ address })) }),
    attachments: [
      {
        name: content.fileName,
        contentType: "application/pdf",
        content: content.pdf,
      },
    ],
    messageId: `<${messageIdOf(delivery)}@${domain}>`,
    date: now,
    headers: { "Auto-Submitted": "auto-generated" },
  };
}
