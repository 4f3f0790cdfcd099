import { z } from "zod";
import { applyCredit } from "../../../actions/apply-credit.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam, moneyMinorAboveZero } from "../../inputs.ts";
import { idInBody } from "../invoices/line-inputs.ts";
import { creditAnswer, presentCredit } from "./schema.ts";

/** POST /credits/:id/apply — the invoice becomes partial or paid. */
export const postCreditApplyRoute = defineRoute({
  method: "post",
  path: "/credits/:id/apply",
  summary: "Apply credit to an invoice",
  description:
    "Credit and invoice must be of one client and one currency, and the amount no more than the credit has " +
    "and the invoice lacks (422). The invoice must be sent, viewed, partial or overdue (409). Needs " +
    "invoices:write too.",
  tag: "Credits",
  access: { scope: "credits:write", further: ["invoices:write"] },
  params: z.object({ id: idParam }),
  body: z.strictObject({ invoice_id: idInBody, amount: moneyMinorAboveZero }),
  answers: { 200: creditAnswer },

  async run({ tx, company, user, now }, { params, body }) {
    const by = { company, causerId: user.id, now };
    const credit = await applyCredit(tx, by, {
      creditId: params.id,
      invoiceId: body.invoice_id,
      amount: body.amount,
    });
    return { status: 200, body: { data: presentCredit(credit) }, version: credit };
  },
});
