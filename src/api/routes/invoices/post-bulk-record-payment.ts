import { z } from "zod";
import { recordPayments } from "../../../actions/record-payments.ts";
import { defineRoute, requireScope } from "../../define-route.ts";
import { optionalText } from "../../inputs.ts";
import { idInBody } from "./line-inputs.ts";
import { paymentFields, toPaymentInput } from "./payment-inputs.ts";

const payment = z.strictObject({
  ...paymentFields,
  invoice_id: idInBody,
  payment_method: optionalText(100),
  notes: optionalText(1000),
});

/** POST /invoices/bulk-record-payment — one transaction; what is refused is told of, the rest stands. */
export const postBulkRecordPaymentRoute = defineRoute({
  method: "post",
  path: "/invoices/bulk-record-payment",
  summary: "Bulk record payments for multiple invoices",
  description:
    "`errors` has an entry, with its `index` in `payments`, for each payment that was refused because of " +
    "the state of its invoice. A wrong value refuses them all (422). `send_notification` mails a receipt " +
    "of each payment, and needs invoices:send too.",
  tag: "Invoices",
  access: { scope: "invoices:write" },
  body: z.strictObject({
    payments: z.array(payment).min(1).max(100),
    send_notification: z.boolean().optional(),
  }),
  answers: {
    200: z.object({
      data: z.object({
        recorded: z.int(),
        errors: z.array(
          z.object({
            index: z.int(),
            invoice_id: z.int(),
            code: z.string(),
            message: z.string(),
          }),
        ),
      }),
    }),
  },

  async run({ tx, company, user, caller, now }, { body }) {
    const by = { company, causerId: user.id, now };
    const sendNotification = body.send_notification ?? false;
    if (sendNotification) requireScope(caller, "invoices:send");
    const { recorded, refused } = await recordPayments(
      tx,
      by,
      body.payments.map((one) => ({
        ...toPaymentInput(one),
        invoiceId: one.invoice_id,
        sendNotification,
      })),
    );
    const errors = refused.map(({ index, invoiceId, code, message }) => ({
      index,
      invoice_id: invoiceId,
      code,
      message,
    }));
    return { status: 200, body: { data: { recorded: recorded.length, errors } } };
  },
});
