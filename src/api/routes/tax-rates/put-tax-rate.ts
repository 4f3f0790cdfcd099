import { z } from "zod";
import { updateTaxRate } from "../../../actions/save-tax-rate.ts";
import { formatScaled } from "../../../billing/money.ts";
import { lockTaxRate } from "../../../db/tax-rates.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { answerTaxRate, taxRateJson, updateTaxRateBody } from "./schema.ts";

/** PUT and PATCH /tax-rates/:id — invoices keep what they took of it. */
export const putTaxRateRoute = defineRoute({
  method: "put",
  alsoPatch: true,
  putRequires: ["name", "rate"],
  path: "/tax-rates/:id",
  summary: "Update a tax rate",
  description:
    "Invoices that have the rate keep the name and rate they took; later ones take these.",
  tag: "Tax rates",
  access: { scope: "settings:write" },
  params: z.object({ id: idParam }),
  body: updateTaxRateBody,
  answers: { 200: z.object({ data: taxRateJson }) },

  async run({ tx, company, user, now }, { params, body }) {
    const stored = await lockTaxRate(tx, { companyId: company.id, id: params.id });
    const by = { company, causerId: user.id, now };
    const rate = body.rate === undefined ? undefined : formatScaled(body.rate, 3);
    return answerTaxRate(await updateTaxRate(tx, by, stored, { name: body.name, rate }));
  },
});
