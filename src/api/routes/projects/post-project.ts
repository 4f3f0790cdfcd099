import { z } from "zod";
import { createProject } from "../../../actions/save-project.ts";
import { defineRoute } from "../../define-route.ts";
import { requiredText } from "../../inputs.ts";
import { idInBody } from "../invoices/line-inputs.ts";
import { presentProject, projectBody, projectInput, projectJson } from "./schema.ts";

/** POST /projects */
export const postProjectRoute = defineRoute({
  method: "post",
  path: "/projects",
  summary: "Create a project",
  description: "Rates and budgets are minor units.",
  tag: "Projects",
  access: { scope: "projects:write" },
  body: projectBody.extend({ client_id: idInBody, name: requiredText(255) }),
  answers: { 201: z.object({ data: projectJson }) },

  async run({ tx, company, user, now }, { body }) {
    const by = { company, causerId: user.id, now };
    const { client_id: clientId, name } = body;
    const project = await createProject(tx, by, { ...projectInput(body), clientId, name });
    return {
      status: 201,
      body: { data: presentProject(project) },
      headers: { Location: `/api/v1/projects/${project.id}` },
      version: project,
    };
  },
});
