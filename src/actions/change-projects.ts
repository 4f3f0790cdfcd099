import type { Tx } from "../db/client.ts";
import {
  lockProjects,
  markProjectDeleted,
  updateProjectRow,
  type ProjectRow,
} from "../db/projects.ts";
import type { Acting } from "./acting.ts";
import { recordProjectEvent, withArchiving } from "./save-project.ts";

export const projectBulkActions = ["archive", "unarchive", "complete", "delete"] as const;
export type ProjectBulkAction = (typeof projectBulkActions)[number];

const eventTypes = {
  archive: "project.archived",
  unarchive: "project.unarchived",
  complete: "project.completed",
  delete: "project.deleted",
} as const satisfies Record<ProjectBulkAction, string>;

/**
 * Does one thing to many projects in one transaction. Those that are so already are passed over.
 * Returns the ids it found and how many it changed.
 */
export async function changeProjects(
  tx: Tx,
  by: Acting,
  { ids, action }: { ids: readonly number[]; action: ProjectBulkAction },
): Promise<{ found: number[]; affected: number }> {
  const projects = await lockProjects(tx, { companyId: by.company.id, ids });
  const concerned = projects.filter((project) => concerns(action, project));
  for (const project of concerned) {
    await recordProjectEvent(tx, by, eventTypes[action], await change(tx, by, action, project));
  }
  return { found: projects.map((project) => project.id), affected: concerned.length };
}

function concerns(action: ProjectBulkAction, { status, isArchived }: ProjectRow): boolean {
  switch (action) {
    case "archive":
      return !isArchived;
    case "unarchive":
      return isArchived;
    case "complete":
      return status !== "completed";
    case "delete":
      return true;
  }
}

async function change(
  tx: Tx,
  by: Acting,
  action: ProjectBulkAction,
  project: ProjectRow,
): Promise<ProjectRow> {
  const key = { companyId: by.company.id, id: project.id, now: by.now };
  if (action === "delete") {
    await markProjectDeleted(tx, key);
    return project;
  }
  const wanted =
    action === "complete" ? { status: "completed" as const } : { isArchived: action === "archive" };
  return await updateProjectRow(tx, key, withArchiving(project, wanted));
}
