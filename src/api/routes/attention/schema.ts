import { z } from "zod";
import type { AttentionItemRow } from "../../../db/attention.ts";
import { instantJson, presentInstant } from "../../answers.ts";

export const attentionJson = z.object({
  id: z.int(),
  kind: z.string().meta({ example: "series.parked" }),
  title: z.string(),
  detail: z.string().nullable(),
  subject_type: z.string().nullable(),
  subject_id: z.int().nullable(),
  run_id: z.uuid().nullable(),
  is_open: z.boolean(),
  created_at: instantJson,
  resolved_at: instantJson.nullable(),
  resolution: z.string().nullable(),
});

export function presentAttention(item: AttentionItemRow): z.input<typeof attentionJson> {
  return {
    id: item.id,
    kind: item.kind,
    title: item.title,
    detail: item.detail,
    subject_type: item.subjectType,
    subject_id: item.subjectId,
    run_id: item.runId,
    is_open: item.resolvedAt === null,
    created_at: presentInstant(item.createdAt),
    resolved_at: presentInstant(item.resolvedAt),
    resolution: item.resolution,
  };
}
