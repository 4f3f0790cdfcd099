import { z } from "zod";
import { updateProject } from "../../../actions/save-project.ts";
import { lockProjects } from "../../../db/projects.ts";
import { NotFound } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { presentProject, projectBody, projectInput, projectJson } from "./schema.ts";

/** PUT and PATCH /projects/:id — time that was worked keeps the rate it has. */
export const putProjectRoute = defineRoute({
  method: "put",
  alsoPatch: true,
  path: "/projects/:id",
  summary: "Update a project",
  description:
    "Keys left out stay as they are; null clears. The status `archived` and `is_archived` go together.",
  tag: "Projects",
  access: { scope: "projects:write" },
  params: z.object({ id: idParam }),
  body: projectBody,
  answers: { 200: z.object({ data: projectJson }) },

  async run({ tx, company, user, now, checkIfMatch }, { params, body }) {
    const [before] = await lockProjects(tx, { companyId: company.id, ids: [params.id] });
    if (before === undefined) throw new NotFound("Project");
    checkIfMatch(before);
    const by = { company, causerId: user.id, now };
    const project = await updateProject(tx, by, before, projectInput(body));
    return { status: 200, body: { data: presentProject(project) }, version: project };
  },
});
