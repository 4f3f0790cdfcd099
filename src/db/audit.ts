import type { Sql, Tx } from "./client.ts";

export interface AuditEntry {
  companyId: number | null;
  userId: number | null;
  apiTokenId?: number | null;
  /** e.g. "company.updated", "api-token.revoked", "run.retried". */
  action: string;
  subjectType?: string;
  subjectId?: string | number;
  /** Why, in the words of who did it. */
  reason?: string | null;
  /** Names of changed fields and the like; never a secret. */
  details?: Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
  requestId?: string;
}

/** Who changed what about a company or its operation, in the transaction of the change. */
export async function recordAudit(tx: Sql | Tx, entry: AuditEntry): Promise<void> {
  await tx`
    insert into audit_log (
      company_id, user_id, api_token_id, action, subject_type, subject_id, reason, details, request_id
    )
    values (
      ${entry.companyId}, ${entry.userId}, ${entry.apiTokenId ?? null}, ${entry.action},
      ${entry.subjectType ?? null}, ${entry.subjectId?.toString() ?? null}, ${entry.reason ?? null},
      ${tx.json({ ...entry.details })}, ${entry.requestId ?? null}
    )
  `;
}
