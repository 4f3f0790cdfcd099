import { z } from "zod";
import type { BillingNightRow } from "../../../db/billing-nights.ts";
import { dateJson, instantJson, presentInstant } from "../../answers.ts";

const amountsJson = z
  .record(z.string(), z.int())
  .meta({ description: "Minor units by currency", example: { USD: 178081415 } });

const stepJson = z.object({ count: z.int(), amounts: amountsJson });

/** What a night did, or would do. */
const nightReportJson = z.object({
  overdue: stepJson,
  fees: stepJson,
  generated: stepJson.extend({ made_up: z.int() }),
  skipped: z.object({ count: z.int() }),
  reminders: z.object({
    queued: z.int(),
    superseded: z.int(),
    not_applicable: z.int(),
    blocked: z.int(),
    cancelled: z.int(),
  }),
  parked: z.object({ count: z.int(), reasons: z.record(z.string(), z.int()) }),
});

export const nightJson = z.object({
  id: z.int(),
  business_date: dateJson,
  status: z.enum(["scheduled", "running", "completed", "held", "missed"]),
  report: nightReportJson.partial(),
  preview: nightReportJson.nullable(),
  held_reason: z.string().nullable(),
  released_at: instantJson.nullable(),
  released_by: z.int().nullable(),
  made_up_by: dateJson.nullable(),
  run_id: z.string().nullable(),
  started_at: instantJson.nullable(),
  finished_at: instantJson.nullable(),
  created_at: instantJson,
  updated_at: instantJson,
});

export function presentNight(night: BillingNightRow): z.input<typeof nightJson> {
  return {
    id: night.id,
    business_date: night.businessDate,
    status: night.status,
    report: night.report,
    preview: night.preview,
    held_reason: night.heldReason,
    released_at: presentInstant(night.releasedAt),
    released_by: night.releasedBy,
    made_up_by: night.madeUpBy,
    run_id: night.runId,
    started_at: presentInstant(night.startedAt),
    finished_at: presentInstant(night.finishedAt),
    created_at: presentInstant(night.createdAt),
    updated_at: presentInstant(night.updatedAt),
  };
}
