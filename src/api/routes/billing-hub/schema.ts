import { z } from "zod";
import { billingHindrances } from "../../../db/billing-hub.ts";
import { moneyJson } from "../../units.ts";

export const hindranceJson = z
  .object({
    reason: z.enum(billingHindrances).meta({
      description:
        "running: the timer has to be stopped. no_rate, no_time: the entry has none. no_client: a person has to " +
        "say whose it is. client_archived, archived (an expense): unarchive first. tax_without_rate: an expense " +
        "has tax and no tax_rate.",
    }),
    kind: z.enum(["time", "expense"]),
    count: z.int(),
    amount: moneyJson("What it would come to; nothing without a rate."),
  })
  .meta({ id: "BillingHindrance" });
