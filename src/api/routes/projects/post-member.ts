import { z } from "zod";
import { addProjectMember } from "../../../actions/change-project-members.ts";
import { defineRoute } from "../../define-route.ts";
import { id, idParam, moneyMinor } from "../../inputs.ts";

/** POST /projects/:id/members — who is a member already gets the new rate. */
export const postProjectMemberRoute = defineRoute({
  method: "post",
  path: "/projects/:id/members",
  summary: "Add a project member",
  description:
    "The user must belong to the company. `hourly_rate`, minor units, stands in for the company's " +
    "default rate when this person works on this project. Adding a member again sets the rate.",
  tag: "Projects",
  access: { scope: "projects:write" },
  params: z.object({ id: idParam }),
  body: z.strictObject({ user_id: id, hourly_rate: moneyMinor.nullable().optional() }),
  answers: { 201: z.object({ message: z.string() }) },

  async run({ tx, company, user, now }, { params, body }) {
    await addProjectMember(
      tx,
      { company, causerId: user.id, now },
      { projectId: params.id, userId: body.user_id, hourlyRate: body.hourly_rate ?? null },
    );
    return { status: 201, body: { message: "Member added." } };
  },
});
