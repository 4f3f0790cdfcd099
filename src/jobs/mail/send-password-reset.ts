import { z } from "zod";
import { composePasswordResetMail } from "../../actions/compose-access-mails.ts";
import {
  commitResetMail,
  endResetMail,
  openResetMail,
  RESET_VALID_MINUTES,
  type OpenedReset,
} from "../../actions/reset-password.ts";
import { passwordResetMessageId } from "../../billing/message-ids.ts";
import { setPasswordResetStatus } from "../../db/password-resets.ts";
import { createToken, hashToken } from "../../platform/tokens.ts";
import { defineJob, type JobContext } from "../define-job.ts";
import { sendOnce, type Letter } from "./send-once.ts";

type ReadyReset = Extract<OpenedReset, { kind: "ready" }>;

/**
 * Mails the link with which somebody chooses a new password. Whether the address has an account is
 * found out here and not when it was asked for, which takes as long for everybody.
 */
export const sendPasswordResetMail = defineJob({
  name: "mail.send-password-reset",
  queue: "notifications",
  payload: z.object({ passwordResetId: z.int() }),
  // Within the hour after which the mail is not wanted any more.
  retry: { attempts: 10, delayMsFirst: 5_000, delayMsMax: 600_000 },
  timeoutMs: 180_000,
  // One request, one mail.
  idempotencyKey: ({ passwordResetId }) => `${passwordResetId}`,

  async run(ctx, { passwordResetId: id }) {
    const { clock } = ctx;
    return await sendOnce<ReadyReset>(ctx, {
      open: (tx) => openResetMail(tx, { id, now: clock.now() }),
      async compose(opened) {
        return composeLetter(ctx, opened);
      },
      commit: (tx, { user }, { linkHash }) =>
        commitResetMail(tx, { id, userId: user.id, tokenHash: linkHash!, now: clock.now() }),
      accept: (tx, { response }) =>
        setPasswordResetStatus(tx, { id, status: "accepted", now: clock.now(), response }),
      doubt: (tx, reason) =>
        endResetMail(tx, { id, now: clock.now(), status: "unknown", code: "unconfirmed", reason }),
      fail: async (tx, failure) => {
        await endResetMail(tx, { id, now: clock.now(), status: "failed", ...failure });
        return true;
      },
      requeue: (tx, { code: errorCode, reason: errorMessage }) =>
        setPasswordResetStatus(tx, {
          id,
          status: "queued",
          now: clock.now(),
          errorCode,
          errorMessage,
        }),
    });
  },
});

function composeLetter({ connectors, clock }: JobContext, { reset, user }: ReadyReset): Letter {
  const { from, name, domain, appUrl } = connectors.mailPolicy;
  const token = createToken("nlr");
  const mail = composePasswordResetMail({
    name: user.name,
    email: user.email,
    token,
    appUrl,
    validMinutes: RESET_VALID_MINUTES,
  });
  const message = {
    ...mail,
    from: { ...(name === undefined ? {} : { name }), address: from },
    to: [{ name: user.name, address: user.email }],
    attachments: [],
    messageId: `<${passwordResetMessageId(reset.id)}@${domain}>`,
    date: clock.now(),
    headers: { "Auto-Submitted": "auto-generated" },
  };
  return { message, linkHash: hashToken(token) };
}
