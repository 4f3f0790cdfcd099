import { recordAudit } from "../db/audit.ts";
import type { Tx } from "../db/client.ts";
import { recordEvent } from "../db/events.ts";
import type { Acting } from "./acting.ts";

/** Who changes who may work in a company, by which request. */
export interface Administering extends Acting {
  causerId: number;
  /** The machine's clock: what lets people in ends by it, also in a company with a clock of its own. */
  machineNow: Date;
  requestId: string;
}

/** Leaves the event of a change to who gets into a company, and its row in the audit log. */
export async function recordAdministration(
  tx: Tx,
  by: Administering,
  change: {
    /** e.g. "member.removed". */
    type: string;
    subjectType: "member" | "invitation" | "app-access";
    /** A member's is the user's. */
    subjectId: number;
    facts?: Readonly<Record<string, string | number>>;
  },
): Promise<void> {
  const { type, subjectType, subjectId, facts = {} } = change;
  const subject = { companyId: by.company.id, subjectType, subjectId };
  await recordEvent(tx, {
    ...subject,
    type,
    causerId: by.causerId,
    occurredAt: by.now,
    payload: facts,
  });
  await recordAudit(tx, {
    ...subject,
    userId: by.causerId,
    action: type,
    details: facts,
    requestId: by.requestId,
  });
}
