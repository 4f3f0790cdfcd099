import { z } from "zod";
import { listProjectMembers } from "../../../db/project-members.ts";
import { findProject } from "../../../db/projects.ts";
import { NotFound } from "../../../errors.ts";
import { listJson, wholeListAnswer, wholeListQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { memberJson, presentMember } from "./member-schema.ts";

/** GET /projects/:id/members — all of them, by name. */
export const getProjectMembersRoute = defineRoute({
  method: "get",
  path: "/projects/:id/members",
  summary: "List project members",
  tag: "Projects",
  access: { scope: "projects:read" },
  params: z.object({ id: idParam }),
  query: wholeListQuery,
  answers: { 200: listJson(memberJson, {}) },

  async run({ sql, company }, { params, query }) {
    const project = await findProject(sql, { companyId: company.id, id: params.id });
    if (project === undefined) throw new NotFound("Project");
    const members = await listProjectMembers(sql, { companyId: company.id, projectId: project.id });
    return wholeListAnswer(members.map(presentMember), query);
  },
});
