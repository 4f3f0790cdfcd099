import { z } from "zod";
import {
  commitNotice,
  composeNotice,
  doubtNotice,
  moveNotice,
  openNotice,
  type ReadyNotice,
} from "../../actions/deliver-slack-notice.ts";
import { slackNoticeMessageId } from "../../billing/message-ids.ts";
import { listRequestedNotices } from "../../db/slack-notices.ts";
import { defineJob } from "../define-job.ts";
import { sendOnce } from "../mail/send-once.ts";

/** Mails a company's owner that a channel takes no alerts any more. */
export const mailSlackNotice = defineJob({
  name: "mail.send-slack-notice",
  queue: "notifications",
  payload: z.object({ companyId: z.int(), noticeId: z.int() }),
  retry: { attempts: 25, delayMsFirst: 10_000, delayMsMax: 6 * 3_600_000 },
  timeoutMs: 180_000,
  // One channel, however many of its routes went off, one mail.
  idempotencyKey: ({ companyId, noticeId }) => `${companyId}/${noticeId}`,
  follows: {
    types: ["alert-route.disabled"],
    async targets(tx, eventIds) {
      const rows = await listRequestedNotices(tx, eventIds);
      return rows.map(({ eventId, companyId, noticeId }) => ({
        eventId,
        companyId,
        target: noticeId,
        payload: { companyId, noticeId },
      }));
    },
  },

  async run(ctx, { companyId, noticeId }) {
    const { clock } = ctx;
    const { from, domain, name } = ctx.connectors.mailPolicy;
    const ref = () => ({ companyId, noticeId, now: clock.now() });
    return await sendOnce<ReadyNotice>(ctx, {
      open: (tx) => openNotice(tx, ref()),
      async compose(notice) {
        const message = {
          ...composeNotice(notice),
          from: { ...(name === undefined ? {} : { name }), address: from },
          to: [notice.owner],
          attachments: [],
          messageId: `<${slackNoticeMessageId({ companyId, noticeId })}@${domain}>`,
          date: clock.now(),
          headers: { "Auto-Submitted": "auto-generated" },
        };
        return { message };
      },
      commit: (tx) => commitNotice(tx, ref()),
      accept: (tx, { response }) => moveNotice(tx, ref(), { status: "accepted", response }),
      doubt: (tx, reason) => doubtNotice(tx, ref(), reason),
      fail: async (tx, { code, reason }) => {
        const change = { status: "failed", errorCode: code, errorMessage: reason } as const;
        await moveNotice(tx, ref(), change);
        return true;
      },
      requeue: (tx, { code: errorCode, reason: errorMessage }) =>
        moveNotice(tx, ref(), { status: "queued", errorCode, errorMessage }),
    });
  },
});
