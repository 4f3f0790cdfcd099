import { z } from "zod";
import { resolveRate } from "../../../actions/complete-work.ts";
import { defineRoute } from "../../define-route.ts";
import { idQuery } from "../../inputs.ts";

/** GET /time-entries/resolve-rate — without `data` around it, as the base contract has it. */
export const getResolveRateRoute = defineRoute({
  method: "get",
  path: "/time-entries/resolve-rate",
  summary: "Resolve hourly rate",
  description:
    "The rate, minor units an hour, that work of yours on this project and service gets by itself: the " +
    "project's, else the service's, else your own on this project, else the company's default. Both " +
    "are null when nobody has set one.",
  tag: "Time tracking",
  access: { scope: "time-entries:read" },
  query: z.strictObject({ project_id: idQuery.optional(), service_id: idQuery.optional() }),
  answers: {
    200: z.object({
      rate: z.int().nullable().meta({ description: "Minor units an hour." }),
      source: z.enum(["project", "service", "member", "company"]).nullable(),
    }),
  },

  async run({ sql, company, user }, { query }) {
    const resolved = await resolveRate(sql, company, {
      userId: user.id,
      projectId: query.project_id,
      serviceId: query.service_id,
    });
    return { status: 200, body: resolved };
  },
});
