import { z } from "zod";
import { countCredits, creditSortFields, creditTypes, listCredits } from "../../../db/credits.ts";
import { listAnswer, listJson, pageOf, pageQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { booleanQuery, filterQuery, idQuery, sortQuery } from "../../inputs.ts";
import { creditJson, presentCredit } from "./schema.ts";

/** GET /credits — with how many are active and archived among those that match. */
export const getCreditsRoute = defineRoute({
  method: "get",
  path: "/credits",
  summary: "List credits",
  description:
    "Newest first unless `sort` says otherwise. The meta counts active and archived credits, whatever " +
    "`filter[is_archived]` says.",
  tag: "Credits",
  access: { scope: "credits:read" },
  query: z.strictObject({
    ...pageQuery,
    sort: sortQuery(creditSortFields),
    filter: filterQuery({
      client_id: idQuery.optional(),
      type: z.enum(creditTypes).optional(),
      has_balance: booleanQuery.optional(),
      is_archived: booleanQuery.optional(),
    }),
  }),
  answers: { 200: listJson(creditJson, { active_count: z.int(), archived_count: z.int() }) },

  async run({ sql, company }, { query }) {
    const page = pageOf(query);
    const { is_archived: isArchived, ...rest } = query.filter ?? {};
    const filter = {
      companyId: company.id,
      clientId: rest.client_id,
      type: rest.type,
      hasBalance: rest.has_balance,
    };
    const sort = query.sort ?? { field: "id", isDescending: true };
    const [credits, { active, archived }] = await Promise.all([
      listCredits(sql, { ...filter, isArchived }, { sort, ...page }),
      countCredits(sql, filter),
    ]);
    const total = isArchived === undefined ? active + archived : isArchived ? archived : active;
    return listAnswer(
      credits.map(presentCredit),
      { ...page, total },
      { active_count: active, archived_count: archived },
    );
  },
});
