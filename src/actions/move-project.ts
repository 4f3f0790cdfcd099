import type { Tx } from "../db/client.ts";
import { findProject, updateProjectRow, type ProjectRow } from "../db/projects.ts";
import { NotFound } from "../errors.ts";
import { claimMove, moveClaimed, type MoveSides } from "./move-record.ts";

/** Moves a project with its time to another company, where it has neither members nor a client. */
export async function moveProject(
  tx: Tx,
  sides: MoveSides,
  { projectId }: { projectId: number },
): Promise<ProjectRow> {
  const claimed = await claimMove(tx, sides, { table: "projects", id: projectId });
  const project = await findProject(tx, { companyId: claimed.from, id: projectId });
  if (project === undefined) throw new NotFound("Project");
  await moveClaimed(tx, sides, claimed, { clientId: null });
  return await updateProjectRow(
    tx,
    { companyId: claimed.to, id: projectId, now: sides.to.now },
    { clientId: null },
  );
}
