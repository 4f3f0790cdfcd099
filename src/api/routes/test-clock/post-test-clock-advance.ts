import { z } from "zod";
import { requireAdvance } from "../../../actions/require-advance.ts";
import { getRun } from "../../../db/runs.ts";
import { setTestAdvance } from "../../../db/test-clocks.ts";
import { advanceClock } from "../../../jobs/billing/advance-clock.ts";
import { enqueue } from "../../../queue/enqueue.ts";
import { uuidV7 } from "../../../platform/uuid-v7.ts";
import { askedBy } from "../../asked-by.ts";
import { defineRoute } from "../../define-route.ts";
import { instant } from "../../inputs.ts";
import { acceptedRun, runAnswers } from "../runs/schema.ts";

/** POST /test-clock/advance — moves the clock on; the run executes every night in between, in order. */
export const postTestClockAdvanceRoute = defineRoute({
  method: "post",
  path: "/test-clock/advance",
  summary: "Advance the test clock",
  tag: "Test clock",
  access: { scope: "settings:write" },
  body: z.strictObject({ to: instant }),
  answers: runAnswers,
  async run(context, { body }) {
    const { tx, company } = context;
    await requireAdvance(tx, { companyId: company.id, to: body.to });
    const { runId } = await enqueue(
      tx,
      advanceClock,
      { companyId: company.id, to: body.to.toISOString(), request: uuidV7() },
      askedBy(context),
    );
    await setTestAdvance(tx, company.id, { to: body.to, runId });
    return acceptedRun(await getRun(tx, { companyId: company.id, id: runId }));
  },
});
