import { z } from "zod";
import { addDays, localDateOf } from "../../../billing/dates.ts";
import { COMING_NIGHT, PREVIEW_DAYS_MAX } from "../../../billing/nights.ts";
import { getRun } from "../../../db/runs.ts";
import { InvalidInput } from "../../../errors.ts";
import { runNightJob } from "../../../jobs/billing/run-night.ts";
import { enqueue } from "../../../queue/enqueue.ts";
import { uuidV7 } from "../../../platform/uuid-v7.ts";
import { askedBy } from "../../asked-by.ts";
import { defineRoute } from "../../define-route.ts";
import { localDate } from "../../inputs.ts";
import { acceptedRun, runAnswers } from "../runs/schema.ts";

/** Nobody bills further back; what a night looks back on must be in the calendar, too. */
const FIRST_DATE = "1970-01-01";

/**
 * POST /nights — asks for the night of a business date, today's by default. A night that was run
 * before is run again: it finishes what is missing and repeats nothing.
 */
export const postNightRoute = defineRoute({
  method: "post",
  path: "/nights",
  summary: "Run or preview a night",
  description:
    "A night runs from its date on. A dry run may be of any night, also of one that has not come yet, up " +
    `to ${PREVIEW_DAYS_MAX} days ahead: then it is ${COMING_NIGHT}.`,
  tag: "Nights",
  access: { scope: "nights:write", minimumRole: "admin" },
  body: z.strictObject({
    business_date: localDate.optional(),
    dry_run: z.boolean().default(false),
  }),
  answers: runAnswers,
  async run(context, { body }) {
    const { tx, company, now } = context;
    const today = localDateOf(now, company.timezone);
    const businessDate = body.business_date ?? today;
    const last = body.dry_run ? addDays(today, PREVIEW_DAYS_MAX) : today;
    if (businessDate > last) {
      const text = body.dry_run
        ? `Must not be more than ${PREVIEW_DAYS_MAX} days after the company's today, ${today}.`
        : `Must not be after the company's today, ${today}; only a dry run may.`;
      throw new InvalidInput({ business_date: [text] });
    }
    if (businessDate < FIRST_DATE) {
      throw new InvalidInput({ business_date: [`Must not be before ${FIRST_DATE}.`] });
    }
    const { runId } = await enqueue(
      tx,
      runNightJob,
      { companyId: company.id, businessDate, dryRun: body.dry_run, request: uuidV7() },
      askedBy(context),
    );
    return acceptedRun(await getRun(tx, { companyId: company.id, id: runId }));
  },
});
