import { z } from "zod";
import { localDateOf } from "../../../billing/dates.ts";
import { countQuotes, listQuotes, quoteSortFields } from "../../../db/quotes.ts";
import { listAnswer, listJson, pageOf, pageQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { booleanQuery, filterQuery, idQuery, searchQuery, sortQuery } from "../../inputs.ts";
import { presentQuote, quoteJson, quoteStatuses } from "./schema.ts";

/** GET /quotes — with how many are active and archived among those that match. */
export const getQuotesRoute = defineRoute({
  method: "get",
  path: "/quotes",
  summary: "List quotes",
  description:
    "Newest first unless `sort` says otherwise. `filter[quote_number]` matches part of the number. The " +
    "meta counts active and archived quotes, whatever `filter[is_archived]` says.",
  tag: "Quotes",
  access: { scope: "quotes:read" },
  query: z.strictObject({
    ...pageQuery,
    sort: sortQuery(quoteSortFields),
    filter: filterQuery({
      status: z.enum(quoteStatuses).optional(),
      client_id: idQuery.optional(),
      quote_number: searchQuery,
      is_archived: booleanQuery.optional(),
    }),
  }),
  answers: { 200: listJson(quoteJson, { active_count: z.int(), archived_count: z.int() }) },

  async run({ sql, company, now }, { query }) {
    const page = pageOf(query);
    const { status, is_archived: isArchived, ...rest } = query.filter ?? {};
    const filter = {
      companyId: company.id,
      today: localDateOf(now, company.timezone),
      statuses: status === undefined ? undefined : [status],
      clientId: rest.client_id,
      numberPart: rest.quote_number,
    };
    const sort = query.sort ?? { field: "id", isDescending: true };
    const [quotes, { active, archived }] = await Promise.all([
      listQuotes(sql, { ...filter, isArchived }, { sort, ...page }),
      countQuotes(sql, filter),
    ]);
    const total = isArchived === undefined ? active + archived : isArchived ? archived : active;
    return listAnswer(
      quotes.map(presentQuote),
      { ...page, total },
      { active_count: active, archived_count: archived },
    );
  },
});
