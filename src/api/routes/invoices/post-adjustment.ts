import { z } from "zod";
import { addAdjustment } from "../../../actions/change-adjustments.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam, requiredText, signedMoneyMinor } from "../../inputs.ts";
import { adjustmentJson, presentAdjustment } from "./adjustment-schema.ts";

/** POST /invoices/:id/adjustments — the invoice's total follows. */
export const postAdjustmentRoute = defineRoute({
  method: "post",
  path: "/invoices/:id/adjustments",
  summary: "Add an adjustment to an invoice",
  description:
    "An amount beside the lines, without tax; negative to take something off. 409 when the invoice is paid " +
    "or cancelled, or more of it is paid than it would come to; 422 when its total would be negative.",
  tag: "Invoices",
  access: { scope: "invoices:write" },
  params: z.object({ id: idParam }),
  body: z.strictObject({
    description: requiredText(255),
    amount: signedMoneyMinor.refine((amount) => amount !== 0n, "Must not be 0."),
  }),
  answers: { 201: z.object({ data: adjustmentJson }) },

  async run({ tx, company, user, now }, { params, body }) {
    const by = { company, causerId: user.id, now };
    const adjustment = await addAdjustment(tx, by, { invoiceId: params.id, ...body });
    return { status: 201, body: { data: presentAdjustment(adjustment) } };
  },
});
