import { z } from "zod";
import { getInvoicedClient } from "../../../db/invoice-references.ts";
import { listProjectMembers } from "../../../db/project-members.ts";
import { findProject } from "../../../db/projects.ts";
import { NotFound } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { clientJson, presentClient } from "../clients/schema.ts";
import { memberJson, presentMember } from "./member-schema.ts";
import { presentProject, projectJson } from "./schema.ts";

/** GET /projects/:id — with its client and members. */
export const getProjectRoute = defineRoute({
  method: "get",
  path: "/projects/:id",
  summary: "Get a project",
  description: "Includes the client and the project's members with their hourly rates.",
  tag: "Projects",
  access: { scope: "projects:read" },
  params: z.object({ id: idParam }),
  answers: {
    200: z.object({
      data: projectJson.extend({
        client: clientJson
          .nullable()
          .optional()
          .meta({ description: "Left out without clients:read." }),
        members: z.array(memberJson),
      }),
    }),
  },

  async run({ sql, company, mayUse }, { params }) {
    const companyId = company.id;
    const project = await findProject(sql, { companyId, id: params.id });
    if (project === undefined) throw new NotFound("Project");
    const { clientId } = project;
    const showsClient = mayUse("clients:read");
    const [client, members] = await Promise.all([
      showsClient && clientId !== null ? getInvoicedClient(sql, { companyId, clientId }) : null,
      listProjectMembers(sql, { companyId, projectId: project.id }),
    ]);
    return {
      status: 200,
      body: {
        data: {
          ...presentProject(project),
          ...(showsClient ? { client: client === null ? null : presentClient(client) } : {}),
          members: members.map(presentMember),
        },
      },
      version: project,
    };
  },
});
