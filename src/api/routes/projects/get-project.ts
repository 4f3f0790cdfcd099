import { z } from "zod";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { answerProjectDetail, projectDetailAnswer } from "./detail.ts";

/** GET /projects/:id — with its client and members. */
export const getProjectRoute = defineRoute({
  method: "get",
  path: "/projects/:id",
  summary: "Get a project",
  description: "Includes the client and the project's members with their hourly rates.",
  tag: "Projects",
  access: { scope: "projects:read" },
  params: z.object({ id: idParam }),
  answers: { 200: projectDetailAnswer },

  run: async (context, { params }) => await answerProjectDetail(context, params),
});
