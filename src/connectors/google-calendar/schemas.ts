import { z } from "zod";

// What we read of Google's answers, not all they hold.

const EventTime = z.object({
  date: z.iso.date().nullish(),
  dateTime: z.iso.datetime({ offset: true }).nullish(),
  timeZone: z.string().nullish(),
});
export type EventTime = z.infer<typeof EventTime>;

export const Event = z.object({
  id: z.string().min(1),
  etag: z.string().min(1),
  status: z.enum(["confirmed", "tentative", "cancelled"]).default("confirmed"),
  updated: z.iso.datetime({ offset: true }).nullish(),
  summary: z.string().nullish(),
  description: z.string().nullish(),
  location: z.string().nullish(),
  start: EventTime.nullish(),
  end: EventTime.nullish(),
  recurringEventId: z.string().nullish(),
  visibility: z.string().nullish(),
  eventType: z.string().nullish(),
  extendedProperties: z.object({ private: z.record(z.string(), z.string()).nullish() }).nullish(),
});
export type Event = z.infer<typeof Event>;

export const EventList = z.object({
  timeZone: z.string().nullish(),
  items: z.array(Event).default([]),
  nextPageToken: z.string().nullish(),
  nextSyncToken: z.string().nullish(),
});

export const CalendarEntry = z.object({
  id: z.string().min(1),
  summary: z.string().nullish(),
  summaryOverride: z.string().nullish(),
  timeZone: z.string().nullish(),
  primary: z.boolean().nullish(),
  accessRole: z.string().nullish(),
});

export const CalendarList = z.object({
  items: z.array(CalendarEntry).default([]),
  nextPageToken: z.string().nullish(),
});

export const Channel = z.object({
  resourceId: z.string().min(1),
  /** Milliseconds since 1970, as text. */
  expiration: z.coerce.number().int().positive(),
});
