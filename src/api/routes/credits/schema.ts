import { z } from "zod";
import { creditTypes, type CreditRow } from "../../../db/credits.ts";
import { instantJson, presentInstant } from "../../answers.ts";
import { minorJson, moneyJson } from "../../units.ts";

/** Amounts in minor units of the credit's currency. */
export const creditJson = z
  .object({
    id: z.int(),
    client_id: z.int(),
    invoice_id: z.int().nullable().meta({ description: "The invoice it came from, if any." }),
    type: z.enum(creditTypes),
    is_archived: z.boolean(),
    amount: minorJson,
    balance: moneyJson("What has not been used yet."),
    currency: z.string(),
    description: z.string().nullable(),
    date: instantJson.meta({ description: "A day, written as its first instant." }),
    created_at: instantJson,
    updated_at: instantJson,
  })
  .meta({ id: "Credit" });

export const creditAnswer = z.object({ data: creditJson });

export function presentCredit(credit: CreditRow): z.input<typeof creditJson> {
  return {
    id: credit.id,
    client_id: credit.clientId,
    invoice_id: credit.invoiceId,
    type: credit.type,
    is_archived: credit.isArchived,
    amount: Number(credit.amount),
    balance: Number(credit.remaining),
    currency: credit.currency,
    description: credit.reason,
    date: `${credit.creditDate}T00:00:00.000000Z`,
    created_at: presentInstant(credit.createdAt),
    updated_at: presentInstant(credit.updatedAt),
  };
}
