import { z } from "zod";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { answerProjectDetail, projectDetailAnswer } from "../projects/detail.ts";

/** GET /clients/:clientId/projects/:id — as GET /projects/:id; another client's is not found. */
export const getClientProjectRoute = defineRoute({
  method: "get",
  path: "/clients/:clientId/projects/:id",
  summary: "Get a client's project",
  tag: "Projects",
  access: { scope: "projects:read" },
  params: z.object({ clientId: idParam, id: idParam }),
  answers: { 200: projectDetailAnswer },

  run: async (context, { params }) => await answerProjectDetail(context, params),
});
