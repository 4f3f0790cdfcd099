import { z } from "zod";
import { clientSortFields, countClients, listClients } from "../../../db/clients.ts";
import { listAnswer, listJson, pageOf, pageQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import {
  booleanQuery,
  country,
  currency,
  filterQuery,
  searchQuery,
  sortQuery,
} from "../../inputs.ts";
import { loadTags } from "../tags/tags-of-records.ts";
import { presentClient, taggedClientJson } from "./schema.ts";

/** GET /clients — with how many are active and archived among those that match. */
export const getClientsRoute = defineRoute({
  method: "get",
  path: "/clients",
  summary: "List clients",
  description:
    "Search by part of name or email; `filter[is_archived]` for one state. The meta counts both.",
  tag: "Clients",
  access: { scope: "clients:read" },
  query: z.strictObject({
    ...pageQuery,
    search: searchQuery,
    is_archived: booleanQuery.optional(),
    filter: filterQuery({
      search: searchQuery,
      is_archived: booleanQuery.optional(),
      currency: currency.optional(),
      country: country.optional(),
    }),
    sort: sortQuery(clientSortFields),
  }),
  answers: { 200: listJson(taggedClientJson, { active_count: z.int(), archived_count: z.int() }) },

  async run(context, { query }) {
    const { sql, company } = context;
    const page = pageOf(query);
    const filter = {
      companyId: company.id,
      search: query.filter?.search ?? query.search,
      isArchived: query.filter?.is_archived ?? query.is_archived,
      currency: query.filter?.currency,
      country: query.filter?.country,
    };
    const sort = query.sort ?? { field: "name", isDescending: false };
    const [clients, counts] = await Promise.all([
      listClients(sql, { ...filter, ...page, sort }),
      countClients(sql, filter),
    ]);
    const ids = clients.map((client) => client.id);
    const tagsOf = await loadTags(sql, context, "client", ids);
    const { active, archived } = counts;
    const total =
      filter.isArchived === undefined ? active + archived : filter.isArchived ? archived : active;
    return listAnswer(
      clients.map((client) => ({ ...presentClient(client), ...tagsOf(client.id) })),
      { ...page, total },
      { active_count: active, archived_count: archived },
    );
  },
});
