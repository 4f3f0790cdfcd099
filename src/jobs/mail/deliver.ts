import { composeInvitationMail } from "../../actions/compose-access-mails.ts";
import { commitDelivery, openDelivery, type OpenedDelivery } from "../../actions/deliver-mail.ts";
import { loadMailContent } from "../../actions/load-mail-content.ts";
import type { MailRef } from "../../actions/mail-subject.ts";
import { composeWebhookMail } from "../../actions/compose-webhook-mail.ts";
import {
  acceptDelivery,
  doubtDelivery,
  failDelivery,
  requeueDelivery,
} from "../../actions/settle-delivery.ts";
import { localDateOf } from "../../billing/dates.ts";
import { messageIdOf } from "../../billing/message-ids.ts";
import { findCompany } from "../../db/companies.ts";
import { NotFound } from "../../errors.ts";
import { createToken, hashToken } from "../../platform/tokens.ts";
import type { JobContext, Outcome } from "../define-job.ts";
import { sendOnce, type Letter } from "./send-once.ts";

type ReadyDelivery = Extract<OpenedDelivery, { kind: "ready" }>;

/** Sends a company's mail, at most once, and keeps its delivery record. */
export async function deliverMail(
  ctx: JobContext,
  { companyId, deliveryId }: { companyId: number; deliveryId: number },
): Promise<Outcome> {
  const ref: MailRef = { companyId, deliveryId, clock: ctx.clock };
  // Of the record, as this run last read or wrote it: what we say of another attempt does not count.
  let attempts = 0;
  return await sendOnce<ReadyDelivery>(ctx, {
    async open(tx) {
      const opened = await openDelivery(tx, ref);
      if (opened.kind === "ready") attempts = opened.delivery.attempts;
      return opened;
    },
    compose: (opened) => composeLetter(ctx, opened),
    async commit(tx, { state: { version }, delivery: { recipient } }, { message, linkHash }) {
      const { messageId } = message;
      const last = await commitDelivery(tx, { ...ref, messageId, version, recipient, linkHash });
      if (last.kind === "ready") attempts = last.delivery.attempts;
      return last;
    },
    accept: (tx, { response }, refusals) =>
      acceptDelivery(tx, { ...ref, attempts, response, refusals }),
    doubt: (tx, reason) => doubtDelivery(tx, { ...ref, attempts, reason }),
    fail: (tx, failure) => failDelivery(tx, { ...ref, attempts, ...failure }),
    requeue: (tx, interruption) => requeueDelivery(tx, { ...ref, attempts, ...interruption }),
  });
}

async function composeLetter(
  ctx: JobContext,
  { delivery, state, now }: ReadyDelivery,
): Promise<Letter> {
  const { from, domain, appUrl } = ctx.connectors.mailPolicy;
  const company = await findCompany(ctx.sql, delivery.companyId);
  if (company === undefined) throw new NotFound("Company");
  const address = delivery.recipient;
  const envelope = {
    from: { name: company.name, address: from },
    ...(company.email === null ? {} : { replyTo: { name: company.name, address: company.email } }),
    messageId: `<${messageIdOf(delivery)}@${domain}>`,
    date: now,
    headers: { "Auto-Submitted": "auto-generated" },
  };
  if (state.about === "invitation") {
    const token = createToken("nli");
    const mail = composeInvitationMail({
      companyName: company.name,
      inviterName: state.inviterName,
      role: state.role,
      lastDay: localDateOf(state.expiresAt, company.timezone),
      token,
      appUrl,
    });
    const message = { ...envelope, ...mail, to: [{ address }], attachments: [] };
    return { message, linkHash: hashToken(token) };
  }
  if (state.about === "webhook") {
    const mail = composeWebhookMail({ companyName: company.name, state });
    return { message: { ...envelope, ...mail, to: [{ address }], attachments: [] } };
  }
  const content = await loadMailContent(ctx.sql, company, { delivery, state, now });
  const message = {
    ...envelope,
    ...content.mail,
    to: [{ name: content.recipientName, address }],
    ...(content.cc.length === 0 ? {} : { cc: content.cc.map((each) => ({ address: each })) }),
    attachments: [{ name: content.fileName, contentType: "application/pdf", content: content.pdf }],
  };
  return { message };
}
