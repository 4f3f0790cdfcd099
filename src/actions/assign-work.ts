import type { Tx } from "../db/client.ts";
import { findRole } from "../db/company-members.ts";
import { InvalidInput } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { completeWork, type Work } from "./complete-work.ts";

/** Who is to do something, for whom and on what; what is left out stays. */
export interface Assignment {
  userId: number | null;
  clientId: number | null;
  projectId: number | null;
}

/**
 * Fills in what is left out of an assignment: a new one is its maker's, another project brings its own
 * client. Says too whether such work is billable by itself. `stored` is what the record names already. Throws `InvalidInput` for what is not there, and
 * for a project of another client.
 */
export async function assignWork(
  tx: Tx,
  by: Acting,
  wanted: { [K in keyof Assignment]?: Assignment[K] | undefined },
  stored?: Assignment,
): Promise<{ assignment: Assignment } & Pick<Work, "isBillable">> {
  const { company } = by;
  const { clientId } = wanted;
  const maker = stored === undefined ? by.causerId : stored.userId;
  const userId = wanted.userId === undefined ? maker : wanted.userId;
  if (userId !== null && userId !== stored?.userId) {
    const role = await findRole(tx, { companyId: company.id, userId });
    if (role === undefined) throw new InvalidInput({ user_id: ["There is no such member."] });
  }
  const storedProject = stored?.projectId ?? null;
  const projectId = wanted.projectId === undefined ? storedProject : wanted.projectId;
  const keepsClient = clientId === undefined && projectId === storedProject;
  const [work] = await completeWork(tx, company, {
    userId: userId ?? by.causerId ?? 0,
    works: [{ clientId: keepsClient ? stored?.clientId : clientId, projectId, serviceId: null }],
    ...(stored === undefined
      ? {}
      : {
          stored: { ...stored, serviceId: null, taskId: null, isBillable: true, hourlyRate: null },
        }),
    fieldOf: (_index, field) => field,
  });
  return {
    assignment: { userId, clientId: work!.clientId, projectId: work!.projectId },
    isBillable: work!.isBillable,
  };
}
