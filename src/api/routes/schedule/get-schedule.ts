import { z } from "zod";
import {
  countScheduleEntries,
  listScheduleEntries,
  scheduleSortFields,
} from "../../../db/schedule-entries.ts";
import { listAnswer, listJson, pageOf, pageQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import {
  booleanQuery,
  filterQuery,
  idQuery,
  localDate,
  placesOf,
  requireOrder,
  searchQuery,
  sortQuery,
} from "../../inputs.ts";
import { presentScheduleEntry, scheduleEntryJson } from "./schema.ts";

const filters = {
  user_id: idQuery.optional(),
  client_id: idQuery.optional(),
  project_id: idQuery.optional(),
  source: z.enum(["api", "google-calendar"]).optional(),
  is_all_day: booleanQuery.optional(),
  from: localDate.optional(),
  to: localDate.optional(),
  search: searchQuery,
};

/** GET /schedule — everybody's in the company, the earliest first. */
export const getScheduleRoute = defineRoute({
  method: "get",
  path: "/schedule",
  summary: "List scheduled work",
  description:
    "Filter by user_id, client_id, project_id, source, is_all_day, the days `from` and `to` (both " +
    "included; what touches one of them is found) and part of title, notes or location, as `filter[…]` " +
    "or plain.",
  tag: "Schedule",
  access: { scope: "schedule:read" },
  query: z.strictObject({
    ...pageQuery,
    ...filters,
    filter: filterQuery(filters),
    sort: sortQuery(scheduleSortFields),
  }),
  answers: { 200: listJson(scheduleEntryJson, {}) },

  async run({ sql, company }, { query }) {
    const given = { ...query, ...query.filter };
    requireOrder(given, placesOf(query));
    const filter = {
      companyId: company.id,
      userId: given.user_id,
      clientId: given.client_id,
      projectId: given.project_id,
      source: given.source,
      isAllDay: given.is_all_day,
      from: given.from,
      to: given.to,
      search: given.search,
    };
    const { sort = { field: "starts_at", isDescending: false } } = query;
    const page = pageOf(query);
    const [entries, total] = await Promise.all([
      listScheduleEntries(sql, filter, { ...page, sort }),
      countScheduleEntries(sql, filter),
    ]);
    return listAnswer(entries.map(presentScheduleEntry), { ...page, total });
  },
});
