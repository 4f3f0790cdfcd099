import { z } from "zod";
import { recordAudit } from "../../../db/audit.ts";
import { retryRun } from "../../../db/run-operations.ts";
import { getRun } from "../../../db/runs.ts";
import { defineRoute } from "../../define-route.ts";
import { uuidParam } from "../../inputs.ts";
import { acceptedRun, runAnswers } from "./schema.ts";

/** POST /runs/:id/retry — starts a dead, cancelled or held run again, with all its attempts. */
export const postRunRetryRoute = defineRoute({
  method: "post",
  path: "/runs/:id/retry",
  summary: "Retry a run",
  tag: "Runs",
  access: { scope: "runs:write", minimumRole: "admin" },
  params: z.object({ id: uuidParam }),
  answers: runAnswers,
  async run({ tx, company, user, requestId }, { params }) {
    const companyId = company.id;
    await getRun(tx, { companyId, id: params.id });
    await retryRun(tx, params.id);
    await recordAudit(tx, {
      companyId,
      userId: user.id,
      action: "run.retried",
      subjectType: "run",
      subjectId: params.id,
      requestId,
    });
    return acceptedRun(await getRun(tx, { companyId, id: params.id }));
  },
});
