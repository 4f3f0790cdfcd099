import { z } from "zod";
import { removeProjectMember } from "../../../actions/change-project-members.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

/** DELETE /projects/:id/members/:userId — the time they worked stays. */
export const deleteProjectMemberRoute = defineRoute({
  method: "delete",
  path: "/projects/:id/members/:userId",
  summary: "Remove a project member",
  tag: "Projects",
  access: { scope: "projects:write" },
  params: z.object({ id: idParam, userId: idParam }),
  answers: { 204: null },

  async run({ tx, company, user, now }, { params }) {
    const by = { company, causerId: user.id, now };
    await removeProjectMember(tx, by, { projectId: params.id, userId: params.userId });
    return { status: 204 };
  },
});
