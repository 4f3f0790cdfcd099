import { z } from "zod";
import { createProject } from "../../../actions/save-project.ts";
import { findClient } from "../../../db/clients.ts";
import { NotFound } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam, requiredText } from "../../inputs.ts";
import { answerProject, projectAnswer } from "../projects/detail.ts";
import { projectBody, projectInput } from "../projects/schema.ts";
import { writeTags } from "../tags/tags-of-records.ts";

/** POST /clients/:id/projects — as POST /projects, for the client of the address. */
export const postClientProjectRoute = defineRoute({
  method: "post",
  path: "/clients/:id/projects",
  summary: "Create a project for a client",
  description: "Rates and budgets are minor units.",
  tag: "Projects",
  access: { scope: "projects:write" },
  params: z.object({ id: idParam }),
  body: projectBody.omit({ client_id: true }).extend({ name: requiredText(255) }),
  answers: { 201: projectAnswer },

  async run(context, { params, body }) {
    const { tx, company, user, now } = context;
    const client = await findClient(tx, { companyId: company.id, id: params.id });
    if (client === undefined) throw new NotFound("Client");
    const by = { company, causerId: user.id, now };
    const project = await createProject(tx, by, {
      ...projectInput(body),
      clientId: client.id,
      name: body.name,
    });
    await writeTags(context, { kind: "project", id: project.id }, body.tags);
    const headers = { Location: `/api/v1/clients/${client.id}/projects/${project.id}` };
    return { ...(await answerProject(context, project)), status: 201, headers };
  },
});
