import { z } from "zod";
import type { ApprovalColumns } from "../../../billing/approvals.ts";
import { instantJson, presentInstant } from "../../answers.ts";
import { requiredText } from "../../inputs.ts";

export const approvalJson = z
  .object({
    status: z.enum(["pending", "approved", "rejected"]),
    at: instantJson.nullable(),
    by: z.int().nullable().meta({ description: "The user who decided." }),
    reason: z.string().nullable().meta({ description: "Of a rejected one." }),
  })
  .meta({ id: "Approval", description: "What was decided last, of the record as it is now." });

export function presentApproval(record: ApprovalColumns): z.input<typeof approvalJson> {
  return {
    status: record.approval,
    at: presentInstant(record.approvalAt),
    by: record.approvalBy,
    reason: record.approvalReason,
  };
}

export const rejectionBody = z.strictObject({ reason: requiredText(1000) });
