/** What somebody decides about a record that others are to rely on; a refusal says why. */
export type Decision = { approval: "approved" } | { approval: "rejected"; reason: string };

/** As a record holds it: who, when and why are null while it is pending, why also when it is approved. */
export interface ApprovalColumns {
  approval: Decision["approval"] | "pending";
  approvalAt: Date | null;
  approvalBy: number | null;
  approvalReason: string | null;
}

/** Nobody has decided, or the record has changed since. */
export const pendingApproval: ApprovalColumns = {
  approval: "pending",
  approvalAt: null,
  approvalBy: null,
  approvalReason: null,
};

/** @param by the user who decides */
export function approvalOf(decision: Decision, by: number, at: Date): ApprovalColumns {
  const approvalReason = decision.approval === "rejected" ? decision.reason : null;
  return { approval: decision.approval, approvalAt: at, approvalBy: by, approvalReason };
}

/** Whether the record says so already, whoever decided it. */
export function isDecidedSo(record: ApprovalColumns, decision: Decision): boolean {
  const { approval, approvalReason } = record;
  if (decision.approval === "approved") return approval === "approved";
  return approval === "rejected" && approvalReason === decision.reason;
}
