import { z } from "zod";
import {
  countProjects,
  listProjects,
  projectSortFields,
  projectStatuses,
  type ProjectStatus,
} from "../../../db/projects.ts";
import { listAnswer, listJson, pageOf, pageQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { booleanQuery, filterQuery, idQuery, searchQuery, sortQuery } from "../../inputs.ts";
import { loadTags } from "../tags/tags-of-records.ts";
import { presentProject, taggedProjectJson } from "./schema.ts";

const filters = {
  status: z.enum(projectStatuses).optional(),
  client_id: idQuery.optional(),
  is_archived: booleanQuery.optional(),
  search: searchQuery,
};

/** GET /projects — counts leave the filters on status and archive out of account. */
export const getProjectsRoute = defineRoute({
  method: "get",
  path: "/projects",
  summary: "List projects",
  description:
    "Filter by status, client_id, is_archived and part of the name, as `filter[…]` or plain. " +
    "`meta.status_counts` and `meta.archived_count` are of all statuses, archived or not.",
  tag: "Projects",
  access: { scope: "projects:read" },
  query: z.strictObject({
    ...pageQuery,
    ...filters,
    filter: filterQuery({ ...filters, name: searchQuery }),
    sort: sortQuery(projectSortFields),
  }),
  answers: {
    200: listJson(taggedProjectJson, {
      status_counts: z.record(z.enum(projectStatuses), z.int()),
      archived_count: z.int(),
    }),
  },

  async run(context, { query }) {
    const { sql, company } = context;
    const page = pageOf(query);
    const status = query.filter?.status ?? query.status;
    const isArchived = query.filter?.is_archived ?? query.is_archived;
    const filter = {
      companyId: company.id,
      clientId: query.filter?.client_id ?? query.client_id,
      search: query.filter?.search ?? query.filter?.name ?? query.search,
    };
    const sort = query.sort ?? { field: "name", isDescending: false };
    const [projects, counts] = await Promise.all([
      listProjects(sql, { ...filter, ...page, status, isArchived, sort }),
      countProjects(sql, filter),
    ]);
    const countOf = (wanted: { status?: ProjectStatus; isArchived?: boolean }) =>
      counts
        .filter((row) => wanted.status === undefined || row.status === wanted.status)
        .filter((row) => wanted.isArchived === undefined || row.isArchived === wanted.isArchived)
        .reduce((sum, row) => sum + row.count, 0);
    const total = countOf({
      ...(status === undefined ? {} : { status }),
      ...(isArchived === undefined ? {} : { isArchived }),
    });
    const ids = projects.map((project) => project.id);
    const tagsOf = await loadTags(sql, context, "project", ids);
    return listAnswer(
      projects.map((project) => ({ ...presentProject(project), ...tagsOf(project.id) })),
      { ...page, total },
      {
        status_counts: Object.fromEntries(
          projectStatuses.map((name) => [name, countOf({ status: name })]),
        ),
        archived_count: countOf({ isArchived: true }),
      },
    );
  },
});
