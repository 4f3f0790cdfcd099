import { z } from "zod";
import { findClient } from "../../../db/clients.ts";
import { countProjects, listProjects } from "../../../db/projects.ts";
import { NotFound } from "../../../errors.ts";
import { listAnswer, listJson, pageOf, pageQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { presentProject, taggedProjectJson } from "../projects/schema.ts";
import { loadTags } from "../tags/tags-of-records.ts";

/** GET /clients/:id/projects — by name. */
export const getClientProjectsRoute = defineRoute({
  method: "get",
  path: "/clients/:id/projects",
  summary: "List a client's projects",
  tag: "Projects",
  access: { scope: "projects:read" },
  params: z.object({ id: idParam }),
  query: z.strictObject(pageQuery),
  answers: { 200: listJson(taggedProjectJson, {}) },

  async run(context, { params, query }) {
    const { sql, company } = context;
    const page = pageOf(query);
    const filter = { companyId: company.id, clientId: params.id, search: undefined };
    const [client, projects, counts] = await Promise.all([
      findClient(sql, { companyId: company.id, id: params.id }),
      listProjects(sql, {
        ...filter,
        ...page,
        status: undefined,
        isArchived: undefined,
        sort: { field: "name", isDescending: false },
      }),
      countProjects(sql, filter),
    ]);
    if (client === undefined) throw new NotFound("Client");
    const total = counts.reduce((sum, row) => sum + row.count, 0);
    const ids = projects.map((project) => project.id);
    const tagsOf = await loadTags(sql, context, "project", ids);
    const data = projects.map((project) => ({ ...presentProject(project), ...tagsOf(project.id) }));
    return listAnswer(data, { ...page, total });
  },
});
