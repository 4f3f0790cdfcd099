import { z } from "zod";
import { updateProject } from "../../../actions/save-project.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { answerProject, lockProject, projectAnswer } from "../projects/detail.ts";
import { projectBody, projectInput } from "../projects/schema.ts";
import { writeTags } from "../tags/tags-of-records.ts";

/** PUT and PATCH /clients/:clientId/projects/:id — as PUT /projects/:id; the client stays. */
export const putClientProjectRoute = defineRoute({
  method: "put",
  alsoPatch: true,
  path: "/clients/:clientId/projects/:id",
  summary: "Update a client's project",
  description: "Keys left out stay as they are; null clears.",
  tag: "Projects",
  access: { scope: "projects:write" },
  params: z.object({ clientId: idParam, id: idParam }),
  body: projectBody.omit({ client_id: true }),
  answers: { 200: projectAnswer },

  async run(context, { params, body }) {
    const { tx, company, user, now } = context;
    const before = await lockProject(context, params);
    const by = { company, causerId: user.id, now };
    const project = await updateProject(tx, by, before, projectInput(body));
    await writeTags(context, { kind: "project", id: project.id }, body.tags);
    return await answerProject(context, project);
  },
});
