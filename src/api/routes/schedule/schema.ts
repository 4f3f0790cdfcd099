import { z } from "zod";
import type { NewSchedule, ScheduleChanges } from "../../../actions/change-schedule.ts";
import { isLocalDate } from "../../../billing/dates.ts";
import type { ScheduleEntryRow } from "../../../db/schedule-entries.ts";
import { dateJson, instantJson, presentInstant } from "../../answers.ts";
import { instant, optionalText, requiredText, timezone } from "../../inputs.ts";
import { idInBody } from "../invoices/line-inputs.ts";

const whenJson = z.string().meta({
  description: "An instant, or a date for whole days; the last day is included.",
  example: "2026-04-05T19:38:14.000000Z",
});

export const scheduleEntryJson = z
  .object({
    id: z.int(),
    user_id: z.int().nullable().meta({ description: "Who is to do it." }),
    client_id: z.int().nullable(),
    project_id: z.int().nullable(),
    title: z.string(),
    notes: z.string().nullable(),
    location: z.string().nullable(),
    is_all_day: z.boolean(),
    starts_at: whenJson,
    ends_at: whenJson,
    start_date: dateJson.meta({ description: "The first day it touches, in its time zone." }),
    end_date: dateJson.meta({ description: "The last one." }),
    timezone: z.string(),
    source: z.enum(["api", "google-calendar"]).meta({ description: "Where it was made." }),
    created_at: instantJson,
    updated_at: instantJson,
  })
  .meta({ id: "ScheduleEntry" });

export function presentScheduleEntry(entry: ScheduleEntryRow): z.input<typeof scheduleEntryJson> {
  return {
    id: entry.id,
    user_id: entry.userId,
    client_id: entry.clientId,
    project_id: entry.projectId,
    title: entry.title,
    notes: entry.notes,
    location: entry.location,
    is_all_day: entry.startsAt === null,
    starts_at: presentInstant(entry.startsAt) ?? entry.startDate,
    ends_at: presentInstant(entry.endsAt) ?? entry.endDate,
    start_date: entry.startDate,
    end_date: entry.endDate,
    timezone: entry.timezone,
    source: entry.source,
    created_at: presentInstant(entry.createdAt),
    updated_at: presentInstant(entry.updatedAt),
  };
}

const whenText = "Must be an instant like 2026-04-05T19:38:14Z, or a date like 2026-04-05.";

/** An instant, or a day; of years that people plan in. */
const when = z
  .string()
  .transform((text, context): Date | string => {
    const value = isLocalDate(text) ? text : instant.safeParse(text).data;
    if (value !== undefined) return value;
    context.issues.push({ code: "custom", message: whenText, input: text });
    return z.NEVER;
  })
  .refine((value) => {
    const day = typeof value === "string" ? value : value.toISOString();
    return day >= "1900-01-01" && day < "2200-01-01";
  }, "Must be between the years 1900 and 2199.")
  .meta({ description: whenText, example: "2026-04-05T19:38:14Z" });

export const scheduleBody = z.strictObject({
  title: requiredText(1_024),
  starts_at: when,
  ends_at: when,
  timezone: timezone.optional(),
  notes: optionalText(8_192),
  location: optionalText(1_024),
  user_id: idInBody.nullable().optional(),
  client_id: idInBody.nullable().optional(),
  project_id: idInBody.nullable().optional(),
});

export const scheduleChanges = scheduleBody.partial();

/** What PUT must give and PATCH may leave out. */
export const scheduleRequired = ["title", "starts_at", "ends_at"] as const;

/** What a request gives, in the names of the row. */
export function scheduleInput(body: z.output<typeof scheduleBody>): NewSchedule;
export function scheduleInput(body: z.output<typeof scheduleChanges>): ScheduleChanges;
export function scheduleInput(body: z.output<typeof scheduleChanges>): ScheduleChanges {
  return {
    title: body.title,
    start: body.starts_at,
    end: body.ends_at,
    timezone: body.timezone,
    notes: body.notes,
    location: body.location,
    userId: body.user_id,
    clientId: body.client_id,
    projectId: body.project_id,
  };
}
