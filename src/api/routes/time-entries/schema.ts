import { z } from "zod";
import type { TimeChanges, TimeInput } from "../../../actions/log-time.ts";
import { hoursOf, timeAmount } from "../../../billing/worked-time.ts";
import type { TimeEntryRow } from "../../../db/time-entries.ts";
import { dateJson, instantJson, presentInstant } from "../../answers.ts";
import { booleanQuery, idQuery, localDate, moneyMinor, optionalText } from "../../inputs.ts";
import { minorJson } from "../../units.ts";
import { idInBody } from "../invoices/line-inputs.ts";
import { approvalJson, presentApproval } from "./approval-schema.ts";

export const timeEntryJson = z
  .object({
    id: z.int(),
    user_id: z.int(),
    client_id: z.int().nullable(),
    project_id: z.int().nullable(),
    service_id: z.int().nullable(),
    task_id: z.int().nullable(),
    date: dateJson,
    duration: z.int().meta({ description: "Seconds; 0 while the timer runs." }),
    started_at: instantJson.nullable(),
    ended_at: instantJson.nullable(),
    is_running: z.boolean(),
    is_billable: z.boolean(),
    is_billed: z.boolean(),
    invoice_id: z.int().nullable(),
    hourly_rate: minorJson.nullable().meta({ description: "Minor units an hour." }),
    notes: z.string().nullable(),
    approval: approvalJson,
    calculated_amount: z.int().meta({ description: "Duration times rate, minor units." }),
    duration_hours: z.number().meta({ description: "With two decimals." }),
    created_at: instantJson,
    updated_at: instantJson,
  })
  .meta({ id: "TimeEntry" });

export function presentTimeEntry(entry: TimeEntryRow) {
  return {
    id: entry.id,
    user_id: entry.userId,
    client_id: entry.clientId,
    project_id: entry.projectId,
    service_id: entry.serviceId,
    task_id: entry.taskId,
    date: entry.date,
    duration: entry.duration,
    started_at: presentInstant(entry.startedAt),
    ended_at: presentInstant(entry.endedAt),
    is_running: entry.isRunning,
    is_billable: entry.isBillable,
    is_billed: entry.isBilled,
    invoice_id: entry.invoiceId,
    hourly_rate: entry.hourlyRate,
    notes: entry.notes,
    approval: presentApproval(entry),
    calculated_amount: timeAmount(entry.duration, entry.hourlyRate),
    duration_hours: hoursOf(entry.duration),
    created_at: presentInstant(entry.createdAt),
    updated_at: presentInstant(entry.updatedAt),
  };
}

/** 100,000 hours: longer than anybody works on anything. */
const durationMax = 360_000_000;

const optional = {
  client_id: idInBody.nullable().optional(),
  task_id: idInBody.nullable().optional(),
  is_billable: z.boolean().optional(),
  hourly_rate: moneyMinor.nullable().optional(),
  notes: optionalText(2000),
};

/** `started_at`, `ended_at` and `is_running` are the timer's and unknown here. */
export const timeEntryBody = z.strictObject({
  ...optional,
  project_id: idInBody,
  service_id: idInBody,
  date: localDate,
  duration: z.int().min(0).max(durationMax).meta({ description: "Seconds." }),
  is_billed: z.boolean().optional(),
});

export const timeEntryChanges = timeEntryBody.partial();

/** What PUT must give and PATCH may leave out. */
export const timeEntryRequired = ["project_id", "service_id", "date", "duration"] as const;

export const timerBody = z.strictObject({
  ...optional,
  project_id: idInBody.nullable().optional(),
  service_id: idInBody.nullable().optional(),
});

/** What a request gives, in the names of the row. */
export function timeInput(body: z.output<typeof timeEntryBody>): TimeInput;
export function timeInput(body: z.output<typeof timeEntryChanges>): TimeChanges;
export function timeInput(body: z.output<typeof timeEntryChanges>): TimeChanges {
  return {
    clientId: body.client_id,
    projectId: body.project_id,
    serviceId: body.service_id,
    taskId: body.task_id,
    date: body.date,
    duration: body.duration,
    isBillable: body.is_billable,
    isBilled: body.is_billed,
    hourlyRate: body.hourly_rate,
    notes: body.notes,
  };
}

/** What every list of time entries may be filtered by. */
export const timeFilters = {
  user_id: idQuery.optional(),
  client_id: idQuery.optional(),
  project_id: idQuery.optional(),
  service_id: idQuery.optional(),
  task_id: idQuery.optional(),
  from: localDate.optional(),
  to: localDate.optional(),
};

/** More filters, of the list of all entries. */
export const stateFilters = {
  is_billable: booleanQuery.optional(),
  is_billed: booleanQuery.optional(),
  is_running: booleanQuery.optional(),
  invoice_id: idQuery.optional(),
};
