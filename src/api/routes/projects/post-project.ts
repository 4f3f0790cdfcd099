import { createProject } from "../../../actions/save-project.ts";
import { defineRoute } from "../../define-route.ts";
import { requiredText } from "../../inputs.ts";
import { idInBody } from "../invoices/line-inputs.ts";
import { writeTags } from "../tags/tags-of-records.ts";
import { answerProject, projectAnswer } from "./detail.ts";
import { projectBody, projectInput } from "./schema.ts";

/** POST /projects */
export const postProjectRoute = defineRoute({
  method: "post",
  path: "/projects",
  summary: "Create a project",
  description: "Rates and budgets are minor units.",
  tag: "Projects",
  access: { scope: "projects:write" },
  body: projectBody.extend({ client_id: idInBody, name: requiredText(255) }),
  answers: { 201: projectAnswer },

  async run(context, { body }) {
    const { tx, company, user, now } = context;
    const by = { company, causerId: user.id, now };
    const { client_id: clientId, name } = body;
    const project = await createProject(tx, by, { ...projectInput(body), clientId, name });
    await writeTags(context, { kind: "project", id: project.id }, body.tags);
    const headers = { Location: `/api/v1/projects/${project.id}` };
    return { ...(await answerProject(context, project)), status: 201, headers };
  },
});
