import { z } from "zod";
import { changeProjects } from "../../../actions/change-projects.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { lockProject } from "../projects/detail.ts";

/** DELETE /clients/:clientId/projects/:id — as DELETE /projects/:id. */
export const deleteClientProjectRoute = defineRoute({
  method: "delete",
  path: "/clients/:clientId/projects/:id",
  summary: "Delete a client's project",
  description: "Time worked on it stays, and can still be billed.",
  tag: "Projects",
  access: { scope: "projects:write" },
  params: z.object({ clientId: idParam, id: idParam }),
  answers: { 204: null },

  async run(context, { params }) {
    const { tx, company, user, now } = context;
    const project = await lockProject(context, params);
    const by = { company, causerId: user.id, now };
    await changeProjects(tx, by, { ids: [project.id], action: "delete" });
    return { status: 204 };
  },
});
