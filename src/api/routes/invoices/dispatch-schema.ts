import { z } from "zod";
import type { DeliveryRow } from "../../../db/deliveries.ts";
import { deliveryJson, presentDelivery } from "./mail-schema.ts";

/** What was sent to whom about an invoice, when, and what became of it. */
export const dispatchJson = deliveryJson
  .extend({
    kind: z.enum(["invoice", "reminder", "receipt"]),
    payment_id: z.int().nullable().meta({ description: "What a receipt is for." }),
    resend_of_id: z.int().nullable().meta({ description: "The dispatch this one repeats." }),
    attempts: z.int(),
    response: z.string().nullable().meta({ description: "What the mail server said." }),
  })
  .meta({ id: "Dispatch" });

export function presentDispatch(delivery: DeliveryRow) {
  return {
    ...presentDelivery(delivery),
    payment_id: delivery.paymentId,
    resend_of_id: delivery.resendOfId,
    attempts: delivery.attempts,
    response: delivery.response,
  };
}
