import { z } from "zod";
import { sendReceipt } from "../../../actions/send-receipt.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { dispatchJson, presentDispatch } from "./dispatch-schema.ts";

/** POST /invoices/:id/payments/:paymentId/send-receipt — the mailer sends it, with its PDF. */
export const postSendReceiptRoute = defineRoute({
  method: "post",
  path: "/invoices/:id/payments/:paymentId/send-receipt",
  summary: "Send the receipt of a payment by email",
  description:
    "`data` says how far the mail got. While one is on its way, asking again gives that one. 422 when the " +
    "client has no email address.",
  tag: "Invoices",
  access: { scope: "invoices:send" },
  params: z.object({ id: idParam, paymentId: idParam }),
  answers: { 200: z.object({ data: dispatchJson }) },

  async run({ tx, company, user, now }, { params }) {
    const by = { company, causerId: user.id, now };
    const { id: invoiceId, paymentId } = params;
    const receipt = await sendReceipt(tx, by, { invoiceId, paymentId });
    return { status: 200, body: { data: presentDispatch(receipt) } };
  },
});
