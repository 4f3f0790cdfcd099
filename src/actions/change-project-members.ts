import type { Tx } from "../db/client.ts";
import { findRole } from "../db/company-members.ts";
import { recordEvent } from "../db/events.ts";
import { deleteProjectMember, saveProjectMember } from "../db/project-members.ts";
import { lockProjects } from "../db/projects.ts";
import { InvalidInput, NotFound } from "../errors.ts";
import type { Acting } from "./acting.ts";

/** Lets a member of the company work on a project, or changes their rate there. Minor units an hour. */
export async function addProjectMember(
  tx: Tx,
  by: Acting,
  member: { projectId: number; userId: number; hourlyRate: bigint | null },
): Promise<void> {
  const companyId = by.company.id;
  await lockProject(tx, companyId, member.projectId);
  if ((await findRole(tx, { companyId, userId: member.userId })) === undefined) {
    throw new InvalidInput({ user_id: ["This user is not a member of the company."] });
  }
  await saveProjectMember(tx, { companyId, ...member, now: by.now });
  await recordMemberEvent(tx, by, "project.member_added", member);
}

/** Throws `NotFound` when the user is no member of the project. */
export async function removeProjectMember(
  tx: Tx,
  by: Acting,
  member: { projectId: number; userId: number },
): Promise<void> {
  await lockProject(tx, by.company.id, member.projectId);
  if (!(await deleteProjectMember(tx, { companyId: by.company.id, ...member }))) {
    throw new NotFound("Project member");
  }
  await recordMemberEvent(tx, by, "project.member_removed", member);
}

async function lockProject(tx: Tx, companyId: number, id: number): Promise<void> {
  const [project] = await lockProjects(tx, { companyId, ids: [id] });
  if (project === undefined) throw new NotFound("Project");
}

async function recordMemberEvent(
  tx: Tx,
  by: Acting,
  type: string,
  { projectId, userId }: { projectId: number; userId: number },
): Promise<void> {
  await recordEvent(tx, {
    companyId: by.company.id,
    type,
    subjectType: "project",
    subjectId: projectId,
    causerId: by.causerId,
    occurredAt: by.now,
    payload: { user_id: userId },
  });
}
