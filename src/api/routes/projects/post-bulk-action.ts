import { z } from "zod";
import { changeProjects, projectBulkActions } from "../../../actions/change-projects.ts";
import { bulkAnswer, bulkJson } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { bulkIds } from "../../inputs.ts";

/** POST /projects/bulk-action — all or nothing; ids that are not there are named, not counted. */
export const postProjectsBulkActionRoute = defineRoute({
  method: "post",
  path: "/projects/bulk-action",
  summary: "Bulk action on projects",
  description:
    "Actions: archive, unarchive, complete, delete. Returns the count of affected records.",
  tag: "Projects",
  access: { scope: "projects:write" },
  body: z.strictObject({ ids: bulkIds, action: z.enum(projectBulkActions) }),
  answers: { 200: bulkJson },

  async run({ tx, company, user, now }, { body }) {
    const by = { company, causerId: user.id, now };
    const { found, affected } = await changeProjects(tx, by, body);
    return bulkAnswer({ affected, asked: body.ids, found });
  },
});
