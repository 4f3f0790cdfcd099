import { z } from "zod";
import { taskStatuses, type TaskFilter } from "../../../db/tasks.ts";
import {
  booleanQuery,
  filterQuery,
  idQuery,
  localDate,
  placesOf,
  requireOrder,
  searchQuery,
} from "../../inputs.ts";

const filters = {
  status: z.enum(taskStatuses).optional(),
  user_id: idQuery.optional(),
  client_id: idQuery.optional(),
  project_id: idQuery.optional(),
  tag_id: idQuery.optional(),
  is_billable: booleanQuery.optional(),
  is_archived: booleanQuery.optional(),
  due_from: localDate.optional(),
  due_to: localDate.optional(),
  search: searchQuery,
};

/** What every list of tasks may be filtered by, as `filter[…]` or plain. */
export const taskFilters = { ...filters, filter: filterQuery(filters) };

export const taskFilterText =
  "Filter by status, user_id, client_id, project_id, tag_id, is_billable, the days `due_from` and " +
  "`due_to` (both included) and part of summary or notes, as `filter[…]` or plain. Archived tasks are " +
  "left out unless `is_archived` asks for them.";

/** What a query asks for; what stands in `filter[…]` counts before the plain names. Throws InvalidInput. */
export function taskFilterOf(
  companyId: number,
  query: z.output<z.ZodObject<typeof taskFilters>>,
): TaskFilter {
  const given = { ...query, ...query.filter };
  const places = placesOf(query, { from: "due_from", to: "due_to" });
  requireOrder({ from: given.due_from, to: given.due_to }, places);
  return {
    companyId,
    userId: given.user_id,
    clientId: given.client_id,
    projectId: given.project_id,
    tagId: given.tag_id,
    status: given.status,
    isBillable: given.is_billable,
    isArchived: given.is_archived ?? false,
    dueFrom: given.due_from,
    dueTo: given.due_to,
    search: given.search,
  };
}
