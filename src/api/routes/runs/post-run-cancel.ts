import { z } from "zod";
import { recordAudit } from "../../../db/audit.ts";
import { cancelRun } from "../../../db/run-operations.ts";
import { getRun } from "../../../db/runs.ts";
import { defineRoute } from "../../define-route.ts";
import { uuidParam } from "../../inputs.ts";
import { acceptedRun, runAnswers } from "./schema.ts";

/** POST /runs/:id/cancel — at once when the run waits; a running one stops before its next effect. */
export const postRunCancelRoute = defineRoute({
  method: "post",
  path: "/runs/:id/cancel",
  summary: "Cancel a run",
  tag: "Runs",
  access: { scope: "runs:write", minimumRole: "admin" },
  params: z.object({ id: uuidParam }),
  answers: runAnswers,
  async run({ tx, company, user, requestId }, { params }) {
    const companyId = company.id;
    await getRun(tx, { companyId, id: params.id });
    await cancelRun(tx, params.id, `cancelled by user ${user.id}`);
    await recordAudit(tx, {
      companyId,
      userId: user.id,
      action: "run.cancelled",
      subjectType: "run",
      subjectId: params.id,
      requestId,
    });
    return acceptedRun(await getRun(tx, { companyId, id: params.id }));
  },
});
