import type { Sql } from "../../src/db/client.ts";
import { insertPlannedEntry } from "./google-calendar.ts";

/** What an event is about that a job follows: an invoice, unless its type or the job says more. */
export async function subjectOf(
  sql: Sql,
  followed: { job: string; type: string; companyId: number; clientId: number; invoiceId: number },
): Promise<{ subjectType: string; subjectId: number }> {
  const { job, type, companyId, clientId, invoiceId } = followed;
  if (job === "calendar.push-entry") {
    return { subjectType: "schedule-entry", subjectId: await insertPlannedEntry(sql, companyId) };
  }
  return type.startsWith("client.")
    ? { subjectType: "client", subjectId: clientId }
    : { subjectType: "invoice", subjectId: invoiceId };
}
