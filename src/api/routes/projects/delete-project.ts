import { z } from "zod";
import { changeProjects } from "../../../actions/change-projects.ts";
import { lockProjects } from "../../../db/projects.ts";
import { NotFound } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

/** DELETE /projects/:id — its time stays, and can be billed. */
export const deleteProjectRoute = defineRoute({
  method: "delete",
  path: "/projects/:id",
  summary: "Delete a project",
  description: "Time worked on it stays, and can still be billed.",
  tag: "Projects",
  access: { scope: "projects:write" },
  params: z.object({ id: idParam }),
  answers: { 204: null },

  async run({ tx, company, user, now, checkIfMatch }, { params }) {
    const [project] = await lockProjects(tx, { companyId: company.id, ids: [params.id] });
    if (project === undefined) throw new NotFound("Project");
    checkIfMatch(project);
    const by = { company, causerId: user.id, now };
    await changeProjects(tx, by, { ids: [project.id], action: "delete" });
    return { status: 204 };
  },
});
