import { z } from "zod";
import { createCredit } from "../../../actions/create-credit.ts";
import { creditTypes } from "../../../db/credits.ts";
import { defineRoute } from "../../define-route.ts";
import { currency, localDate, moneyMinorAboveZero, optionalText } from "../../inputs.ts";
import { idInBody } from "../invoices/line-inputs.ts";
import { creditAnswer, presentCredit } from "./schema.ts";

/** POST /credits — the balance begins as the amount. */
export const postCreditRoute = defineRoute({
  method: "post",
  path: "/credits",
  summary: "Create a credit",
  description: "The currency is the company's unless given. `invoice_id` says what it is about.",
  tag: "Credits",
  access: { scope: "credits:write" },
  body: z.strictObject({
    client_id: idInBody,
    invoice_id: idInBody.nullable().optional(),
    type: z.enum(creditTypes),
    amount: moneyMinorAboveZero,
    currency: currency.nullable().optional(),
    description: optionalText(2000),
    date: localDate,
  }),
  answers: { 201: creditAnswer },

  async run({ tx, company, user, now }, { body }) {
    const by = { company, causerId: user.id, now };
    const credit = await createCredit(tx, by, {
      clientId: body.client_id,
      invoiceId: body.invoice_id,
      type: body.type,
      amount: body.amount,
      currency: body.currency ?? undefined,
      description: body.description,
      date: body.date,
    });
    return { status: 201, body: { data: presentCredit(credit) }, version: credit };
  },
});
