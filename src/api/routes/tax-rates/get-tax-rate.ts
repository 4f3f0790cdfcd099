import { z } from "zod";
import { getTaxRate } from "../../../db/tax-rates.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { answerTaxRate, taxRateJson } from "./schema.ts";

/** GET /tax-rates/:id */
export const getTaxRateRoute = defineRoute({
  method: "get",
  path: "/tax-rates/:id",
  summary: "Get a tax rate",
  tag: "Tax rates",
  access: { scope: "invoices:read" },
  params: z.object({ id: idParam }),
  answers: { 200: z.object({ data: taxRateJson }) },

  async run({ sql, company }, { params }) {
    return answerTaxRate(await getTaxRate(sql, { companyId: company.id, id: params.id }));
  },
});
