import { z } from "zod";
import { changeProjects } from "../../../actions/change-projects.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { lockProject } from "./detail.ts";

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

  async run(context, { params }) {
    const { tx, company, user, now } = context;
    const project = await lockProject(context, params);
    const by = { company, causerId: user.id, now };
    await changeProjects(tx, by, { ids: [project.id], action: "delete" });
    return { status: 204 };
  },
});
