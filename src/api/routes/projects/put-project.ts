import { z } from "zod";
import { updateProject } from "../../../actions/save-project.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { writeTags } from "../tags/tags-of-records.ts";
import { answerProject, lockProject, projectAnswer } from "./detail.ts";
import { projectBody, projectInput } from "./schema.ts";

/** PUT and PATCH /projects/:id — time that was worked keeps the rate it has. */
export const putProjectRoute = defineRoute({
  method: "put",
  alsoPatch: true,
  path: "/projects/:id",
  summary: "Update a project",
  description:
    "Keys left out stay as they are; null clears. A project of status `archived` is archived; `is_archived` alone leaves the status.",
  tag: "Projects",
  access: { scope: "projects:write" },
  params: z.object({ id: idParam }),
  body: projectBody,
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
