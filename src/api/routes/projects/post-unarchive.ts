import { z } from "zod";
import { changeProjects } from "../../../actions/change-projects.ts";
import { NotFound } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

/** POST /projects/:id/unarchive — a project of status archived is active again. */
export const postProjectUnarchiveRoute = defineRoute({
  method: "post",
  path: "/projects/:id/unarchive",
  summary: "Unarchive a project",
  tag: "Projects",
  access: { scope: "projects:write" },
  params: z.object({ id: idParam }),
  answers: { 204: null },

  async run({ tx, company, user, now }, { params }) {
    const by = { company, causerId: user.id, now };
    const { found } = await changeProjects(tx, by, { ids: [params.id], action: "unarchive" });
    if (found.length === 0) throw new NotFound("Project");
    return { status: 204 };
  },
});
