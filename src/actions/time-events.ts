import type { Tx } from "../db/client.ts";
import { recordEvents } from "../db/events.ts";
import type { TimeEntryRow } from "../db/time-entries.ts";
import type { Acting } from "./acting.ts";

/**
 * Leaves an event about each of some time entries, with further `facts` that hold for all of them.
 * Durations are seconds, rates minor units.
 */
export async function recordTimeEvents(
  tx: Tx,
  by: Acting,
  type: string,
  entries: readonly TimeEntryRow[],
  facts: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await recordEvents(
    tx,
    by.company.id,
    entries.map((entry) => ({
      type,
      subjectType: "time-entry",
      subjectId: entry.id,
      causerId: by.causerId,
      occurredAt: by.now,
      payload: {
        user_id: entry.userId,
        client_id: entry.clientId,
        project_id: entry.projectId,
        service_id: entry.serviceId,
        task_id: entry.taskId,
        date: entry.date,
        duration: entry.duration,
        hourly_rate: entry.hourlyRate,
        is_billable: entry.isBillable,
        ...facts,
      },
    })),
  );
}
