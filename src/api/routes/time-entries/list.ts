import { z } from "zod";
import type { Sql } from "../../../db/client.ts";
import {
  listTimeEntries,
  sumTimeEntries,
  timeEntrySortFields,
  type TimeEntryFilter,
} from "../../../db/time-entries.ts";
import { listAnswer, listJson, type Answer, type Page } from "../../answers.ts";
import { placesOf, requireOrder, sortQuery } from "../../inputs.ts";
import { presentTimeEntry, timeEntryJson, type stateFilters, type timeFilters } from "./schema.ts";

export const timeSort = sortQuery(timeEntrySortFields);

type TimeQuery = Partial<z.output<z.ZodObject<typeof timeFilters & typeof stateFilters>>> & {
  search?: string | undefined;
};

/** What a query asks for; what stands in `filter[…]` counts before the plain names. Throws InvalidInput. */
export function timeFilterOf(
  companyId: number,
  query: TimeQuery & { filter?: TimeQuery | undefined },
): TimeEntryFilter {
  const given = { ...query, ...query.filter };
  requireOrder(given, placesOf(query));
  return {
    companyId,
    userId: given.user_id,
    clientId: given.client_id,
    projectId: given.project_id,
    serviceId: given.service_id,
    taskId: given.task_id,
    invoiceId: given.invoice_id,
    from: given.from,
    to: given.to,
    isBillable: given.is_billable,
    isBilled: given.is_billed,
    isRunning: given.is_running,
    search: given.search,
  };
}

export const timeListAnswer = listJson(timeEntryJson, {
  total_duration: z.int().meta({ description: "Seconds of all entries found." }),
});

/** One page of the entries that match, the latest day first unless told otherwise. */
export async function answerTimeList(
  sql: Sql,
  filter: TimeEntryFilter,
  list: { page: Page; sort: z.output<typeof timeSort> },
): Promise<Answer> {
  const { page, sort = { field: "date", isDescending: true } } = list;
  const [entries, sum] = await Promise.all([
    listTimeEntries(sql, filter, { ...page, sort }),
    sumTimeEntries(sql, filter),
  ]);
  return listAnswer(
    entries.map(presentTimeEntry),
    { ...page, total: sum.count },
    { total_duration: sum.duration },
  );
}
