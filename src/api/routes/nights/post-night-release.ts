import { z } from "zod";
import { releaseHeldNight } from "../../../actions/keep-night.ts";
import { getRun } from "../../../db/runs.ts";
import { runNightJob } from "../../../jobs/billing/run-night.ts";
import { enqueue } from "../../../queue/enqueue.ts";
import { uuidV7 } from "../../../platform/uuid-v7.ts";
import { askedBy } from "../../asked-by.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { acceptedRun, runAnswers } from "../runs/schema.ts";

/** POST /nights/:id/release — lets a held night run after all, beyond the limit that held it. */
export const postNightReleaseRoute = defineRoute({
  method: "post",
  path: "/nights/:id/release",
  summary: "Release a held night",
  tag: "Nights",
  access: { scope: "nights:write", minimumRole: "admin" },
  params: z.object({ id: idParam }),
  answers: runAnswers,
  async run(context, { params }) {
    const { tx, company, now, user } = context;
    const night = await releaseHeldNight(tx, {
      companyId: company.id,
      nightId: params.id,
      userId: user.id,
      now,
    });
    const { runId } = await enqueue(
      tx,
      runNightJob,
      {
        companyId: company.id,
        businessDate: night.businessDate,
        dryRun: false,
        request: uuidV7(),
      },
      askedBy(context),
    );
    return acceptedRun(await getRun(tx, { companyId: company.id, id: runId }));
  },
});
