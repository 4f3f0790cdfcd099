import { z } from "zod";
import { hoursOf } from "../../../billing/worked-time.ts";
import { findProject, sumProjectTime } from "../../../db/projects.ts";
import { NotFound } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { minorJson } from "../../units.ts";
import { presentHours } from "./schema.ts";

/** GET /projects/:id/stats — needs time-entries:read too, for that is what it sums up. */
export const getProjectStatsRoute = defineRoute({
  method: "get",
  path: "/projects/:id/stats",
  summary: "Get project stats",
  description:
    "Hours in total, billed, and billable but not billed yet; running timers count once they are " +
    "stopped. Needs time-entries:read too.",
  tag: "Projects",
  access: { scope: "projects:read", further: ["time-entries:read"] },
  params: z.object({ id: idParam }),
  answers: {
    200: z.object({
      data: z.object({
        total_hours: z.number(),
        billed_hours: z.number(),
        unbilled_hours: z.number(),
        budget_hours: z.number().nullable(),
        budget_amount: minorJson.nullable(),
      }),
    }),
  },

  async run({ sql, company }, { params }) {
    const [project, seconds] = await Promise.all([
      findProject(sql, { companyId: company.id, id: params.id }),
      sumProjectTime(sql, { companyId: company.id, projectId: params.id }),
    ]);
    if (project === undefined) throw new NotFound("Project");
    return {
      status: 200,
      body: {
        data: {
          total_hours: hoursOf(seconds.total),
          billed_hours: hoursOf(seconds.billed),
          unbilled_hours: hoursOf(seconds.unbilled),
          budget_hours: presentHours(project.budgetHours),
          budget_amount: project.budgetAmount,
        },
      },
    };
  },
});
