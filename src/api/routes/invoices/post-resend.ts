import { z } from "zod";
import { resendDispatch } from "../../../actions/resend-dispatch.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { dispatchJson, presentDispatch } from "./dispatch-schema.ts";

/** POST /invoices/:id/dispatches/:dispatchId/resend — a new dispatch, which the mailer sends. */
export const postResendRoute = defineRoute({
  method: "post",
  path: "/invoices/:id/dispatches/:dispatchId/resend",
  summary: "Send something about an invoice again",
  description:
    "Whatever became of it, it goes out once more, to where the client's mail goes now and with the figures " +
    "of now; `data` is the new dispatch. When the same mail is still on its way, `data` is that one. 409 when " +
    "the invoice was voided, the payment of a receipt deleted, or a reminder may not be sent; 422 when the " +
    "client has no email address.",
  tag: "Invoices",
  access: { scope: "invoices:send" },
  params: z.object({ id: idParam, dispatchId: idParam }),
  answers: { 200: z.object({ data: dispatchJson }) },

  async run({ tx, company, user, now }, { params }) {
    const by = { company, causerId: user.id, now };
    const { id: invoiceId, dispatchId } = params;
    const dispatch = await resendDispatch(tx, by, { invoiceId, dispatchId });
    return { status: 200, body: { data: presentDispatch(dispatch) } };
  },
});
