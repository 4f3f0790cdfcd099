import { z } from "zod";
import { countServices, listServices, serviceSortFields } from "../../../db/services.ts";
import { listAnswer, listJson, pageOf, pageQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { booleanQuery, filterQuery, searchQuery, sortQuery } from "../../inputs.ts";
import { presentService, serviceJson } from "./schema.ts";

const type = z.enum(["service", "product"]).optional();

/** GET /services — with how many are active and inactive among those that match. */
export const getServicesRoute = defineRoute({
  method: "get",
  path: "/services",
  summary: "List services",
  description:
    "Filter by is_active, type and part of the name, as `filter[…]` or plain. The meta counts both.",
  tag: "Services",
  access: { scope: "services:read" },
  query: z.strictObject({
    ...pageQuery,
    search: searchQuery,
    type,
    is_active: booleanQuery.optional(),
    filter: filterQuery({
      search: searchQuery,
      name: searchQuery,
      type,
      is_active: booleanQuery.optional(),
    }),
    sort: sortQuery(serviceSortFields),
  }),
  answers: { 200: listJson(serviceJson, { active_count: z.int(), inactive_count: z.int() }) },

  async run({ sql, company }, { query }) {
    const page = pageOf(query);
    const filter = {
      companyId: company.id,
      search: query.filter?.search ?? query.filter?.name ?? query.search,
      type: query.filter?.type ?? query.type,
      isActive: query.filter?.is_active ?? query.is_active,
    };
    const sort = query.sort ?? { field: "name", isDescending: false };
    const [services, counts] = await Promise.all([
      listServices(sql, { ...filter, ...page, sort }),
      countServices(sql, filter),
    ]);
    const { active, inactive } = counts;
    const total =
      filter.isActive === undefined ? active + inactive : filter.isActive ? active : inactive;
    return listAnswer(
      services.map(presentService),
      { ...page, total },
      { active_count: active, inactive_count: inactive },
    );
  },
});
