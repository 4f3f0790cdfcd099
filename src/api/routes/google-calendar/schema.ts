import { z } from "zod";
import { calendarDirections, type CalendarSyncRow } from "../../../db/calendar-syncs.ts";
import { instantJson, presentInstant } from "../../answers.ts";

export const directionSchema = z.enum(calendarDirections).meta({
  description:
    "push: the schedule is shown in the calendar; pull: the calendar's events come into the schedule.",
});

export const calendarJson = z
  .object({
    id: z.string(),
    name: z.string(),
    timezone: z.string(),
    is_primary: z.boolean(),
    is_writable: z
      .boolean()
      .meta({ description: "Whether it can be chosen to show the schedule." }),
    is_chosen: z.boolean(),
  })
  .meta({ id: "GoogleCalendar" });

export const syncJson = z
  .object({
    calendar: z.object({ id: z.string(), name: z.string(), timezone: z.string() }),
    direction: directionSchema,
    last_synced_at: instantJson.nullable(),
    last_result: z
      .record(z.string(), z.unknown())
      .nullable()
      .meta({ description: "What the last sync did: counts of events and entries." }),
    held_deletions: z.int().meta({
      description:
        "So many entries would be deleted that somebody has to agree (accept_deletions).",
    }),
    channel_ends_at: instantJson.nullable().meta({
      description: "Until when Google tells us of changes at once; null: they are asked for.",
    }),
  })
  .meta({ id: "GoogleCalendarSync" });

export function presentSync(
  sync: CalendarSyncRow,
  channelEndsAt: Date | null,
): z.input<typeof syncJson> {
  return {
    calendar: { id: sync.calendarId, name: sync.name, timezone: sync.timezone },
    direction: sync.direction,
    last_synced_at: presentInstant(sync.lastSyncedAt),
    last_result: sync.lastResult,
    held_deletions: sync.heldDeletions,
    channel_ends_at: presentInstant(channelEndsAt),
  };
}
