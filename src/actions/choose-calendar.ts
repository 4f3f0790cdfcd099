import { recordAudit } from "../db/audit.ts";
import { chooseSync, type CalendarDirection, type CalendarSyncRow } from "../db/calendar-syncs.ts";
import { lockConnection } from "../db/connections.ts";
import type { Tx } from "../db/client.ts";
import { recordEvent } from "../db/events.ts";
import { Conflict } from "../errors.ts";
import type { Acting } from "./acting.ts";

/**
 * Makes a calendar the one that the company's schedule goes with. What another one shows stays there,
 * and what came from it stays here; chosen again, it goes on where it was.
 *
 * @throws Conflict when the company is not, or no longer, connected to that account
 */
export async function chooseCalendar(
  tx: Tx,
  { company, causerId, now }: Acting,
  given: {
    account: string;
    calendar: { id: string; name: string; timezone: string };
    direction: CalendarDirection;
    /** Where we can be told of changes. */
    address: string;
    span: { spanFrom: Date; spanTo: Date };
    machineNow: Date;
    requestId: string;
  },
): Promise<CalendarSyncRow> {
  const { account, calendar, direction } = given;
  const key = { companyId: company.id, provider: "google-calendar" } as const;
  const connection = await lockConnection(tx, key);
  if (connection?.status !== "connected" || connection.externalId !== account) {
    throw new Conflict("Google Calendar is not connected.", { code: "not_connected" });
  }
  const sync = await chooseSync(tx, {
    companyId: company.id,
    account,
    calendarId: calendar.id,
    name: calendar.name,
    timezone: calendar.timezone,
    direction,
    address: given.address,
    ...given.span,
    now: given.machineNow,
  });
  const facts = { calendar_id: calendar.id, calendar_name: calendar.name, direction };
  await recordEvent(tx, {
    companyId: company.id,
    type: "connection.calendar_chosen",
    subjectType: "connection",
    subjectId: connection.id,
    payload: { provider: key.provider, ...facts },
    causerId,
    occurredAt: now,
  });
  await recordAudit(tx, {
    companyId: company.id,
    userId: causerId,
    action: "connection.calendar_chosen",
    subjectType: "connection",
    subjectId: connection.id,
    details: facts,
    requestId: given.requestId,
  });
  return sync;
}
