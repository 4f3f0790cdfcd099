import { z } from "zod";
import { createTaxRate } from "../../../actions/save-tax-rate.ts";
import { formatScaled } from "../../../billing/money.ts";
import { defineRoute } from "../../define-route.ts";
import { answerTaxRate, createTaxRateBody, taxRateJson } from "./schema.ts";

/** POST /tax-rates — for invoices to name. */
export const postTaxRateRoute = defineRoute({
  method: "post",
  path: "/tax-rates",
  summary: "Create a tax rate",
  description: "`rate` is basis points with up to three decimals: 9.975 % is 997.5.",
  tag: "Tax rates",
  access: { scope: "settings:write" },
  body: createTaxRateBody,
  answers: { 201: z.object({ data: taxRateJson }) },

  async run({ tx, company, user, now }, { body }) {
    const by = { company, causerId: user.id, now };
    const rate = formatScaled(body.rate, 3);
    const taxRate = await createTaxRate(tx, by, { name: body.name, rate });
    const headers = { Location: `/api/v1/tax-rates/${taxRate.id}` };
    return { ...answerTaxRate(taxRate), status: 201, headers };
  },
});
