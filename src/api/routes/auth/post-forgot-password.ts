import { z } from "zod";
import { insertPasswordReset } from "../../../db/password-resets.ts";
import { sendPasswordResetMail } from "../../../jobs/mail/send-password-reset.ts";
import { enqueue } from "../../../queue/enqueue.ts";
import { networkOf } from "../../addresses.ts";
import { defineRoute } from "../../define-route.ts";
import { email } from "../../inputs.ts";
import { throttle } from "../../throttle.ts";

const windowMs = 3_600_000;

/**
 * POST /auth/forgot-password — does the same for every address, so that neither the answer nor its
 * time tells who has an account: that is looked up when the mail is written.
 */
export const postForgotPasswordRoute = defineRoute({
  method: "post",
  path: "/auth/forgot-password",
  summary: "Send password reset link",
  description:
    "The same answer whether or not the address has an account. 429 after too many for one address, or from " +
    "one caller.",
  tag: "Authentication",
  access: "public",
  body: z.strictObject({ email }),
  answers: { 200: z.object({ message: z.string() }) },

  async run({ tx, services, clock, ip }, { body }) {
    const { resetsPerCaller, resetsPerAddress } = services.settings.mailLimits;
    await throttle(tx, services, {
      limits: [
        { what: "reset from", who: networkOf(ip), max: resetsPerCaller, windowMs },
        { what: "reset for", who: body.email.toLowerCase(), max: resetsPerAddress, windowMs },
      ],
      message: "Too many reset links were asked for. Try again later.",
    });
    const passwordResetId = await insertPasswordReset(tx, { email: body.email, now: clock.now() });
    await enqueue(tx, sendPasswordResetMail, { passwordResetId });
    return {
      status: 200,
      body: { message: "If an account exists, a reset link has been sent." },
    };
  },
});
