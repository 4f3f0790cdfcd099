import { z } from "zod";
import { countTaxRates, listTaxRates, taxRateSortFields } from "../../../db/tax-rates.ts";
import { listAnswer, listJson, pageOf, pageQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { filterQuery, searchQuery, sortQuery } from "../../inputs.ts";
import { presentTaxRate, taxRateJson } from "./schema.ts";

/** GET /tax-rates — by name; who writes invoices may read them. */
export const getTaxRatesRoute = defineRoute({
  method: "get",
  path: "/tax-rates",
  summary: "List tax rates",
  tag: "Tax rates",
  access: { scope: "invoices:read" },
  query: z.strictObject({
    ...pageQuery,
    search: searchQuery,
    filter: filterQuery({ search: searchQuery, name: searchQuery }),
    sort: sortQuery(taxRateSortFields),
  }),
  answers: { 200: listJson(taxRateJson, {}) },

  async run({ sql, company }, { query }) {
    const page = pageOf(query);
    const filter = {
      companyId: company.id,
      search: query.filter?.search ?? query.filter?.name ?? query.search,
    };
    const sort = query.sort ?? { field: "name", isDescending: false };
    const [rates, total] = await Promise.all([
      listTaxRates(sql, { ...filter, ...page, sort }),
      countTaxRates(sql, filter),
    ]);
    return listAnswer(rates.map(presentTaxRate), { ...page, total });
  },
});
