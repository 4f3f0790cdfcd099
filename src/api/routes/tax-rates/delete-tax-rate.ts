import { z } from "zod";
import { deleteTaxRate } from "../../../actions/save-tax-rate.ts";
import { lockTaxRate } from "../../../db/tax-rates.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

/** DELETE /tax-rates/:id — the invoices that have it keep it; none can take it any more. */
export const deleteTaxRateRoute = defineRoute({
  method: "delete",
  path: "/tax-rates/:id",
  summary: "Delete a tax rate",
  tag: "Tax rates",
  access: { scope: "settings:write" },
  params: z.object({ id: idParam }),
  answers: { 204: null },

  async run({ tx, company, user, now }, { params }) {
    const stored = await lockTaxRate(tx, { companyId: company.id, id: params.id });
    await deleteTaxRate(tx, { company, causerId: user.id, now }, stored);
    return { status: 204 };
  },
});
