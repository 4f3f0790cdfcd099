import { z } from "zod";
import { changeProjects } from "../../../actions/change-projects.ts";
import { NotFound } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

/** POST /projects/:id/archive — its time can still be logged and billed. */
export const postProjectArchiveRoute = defineRoute({
  method: "post",
  path: "/projects/:id/archive",
  summary: "Archive a project",
  tag: "Projects",
  access: { scope: "projects:write" },
  params: z.object({ id: idParam }),
  answers: { 204: null },

  async run({ tx, company, user, now }, { params }) {
    const by = { company, causerId: user.id, now };
    const { found } = await changeProjects(tx, by, { ids: [params.id], action: "archive" });
    if (found.length === 0) throw new NotFound("Project");
    return { status: 204 };
  },
});
