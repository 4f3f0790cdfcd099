import { z } from "zod";
import { moveProject } from "../../../actions/move-project.ts";
import { findProject } from "../../../db/projects.ts";
import { NotFound } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { moveBody, openMove } from "../companies/open-move.ts";
import { presentProject, projectJson } from "./schema.ts";

/** POST /projects/:id/move — with its time, without client and members. */
export const postProjectMoveRoute = defineRoute({
  method: "post",
  path: "/projects/:id/move",
  summary: "Move a project to another company",
  description:
    "Moves the project with its time entries, in one transaction; running timers are stopped. Its " +
    "members are detached and its client is cleared. You need to be at least a member of both companies.",
  tag: "Projects",
  access: { scope: "projects:write", sessionOnly: true },
  params: z.object({ id: idParam }),
  body: moveBody,
  answers: { 200: z.object({ data: projectJson }) },

  async run(context, { params, body }) {
    const sides = await openMove(context, {
      targetId: body.target_company_id,
      what: "Project",
      find: async (companyId) => {
        const project = await findProject(context.tx, { companyId, id: params.id });
        if (project === undefined) throw new NotFound("Project");
      },
    });
    const project = await moveProject(context.tx, sides, { projectId: params.id });
    return { status: 200, body: { data: presentProject(project) }, version: project };
  },
});
