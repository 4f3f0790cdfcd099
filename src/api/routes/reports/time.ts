import { z } from "zod";
import { hoursText } from "../../../billing/worked-time.ts";
import type { TimeFilter, TimeSums } from "../../../db/report-time.ts";
import type { CompanyContext } from "../../context.ts";
import { idQuery } from "../../inputs.ts";
import { reportPeriodOf, reportPeriodQuery } from "./period.ts";

/** Whose time, and when. */
export const timeReportQuery = {
  ...reportPeriodQuery,
  user_id: idQuery.optional(),
  client_id: idQuery.optional(),
  project_id: idQuery.optional(),
};

const hoursJson = z.string().meta({
  example: "1.6064",
  description: "Decimal text with four decimals; the seconds are exact.",
});

export const timeJson = {
  entry_count: z.int(),
  seconds: z.int(),
  hours: hoursJson,
  billable_seconds: z.int(),
  billable_hours: hoursJson,
  billed_seconds: z.int().meta({ description: "Of the billable ones: on an invoice." }),
  billed_hours: hoursJson,
};

/** Keys of rows of time that are added up. */
export const timeKeys = ["entryCount", "seconds", "billable", "billed"] as const;

export function presentTime({ entryCount, seconds, billable, billed }: TimeSums) {
  return {
    entry_count: entryCount,
    seconds,
    hours: hoursText(seconds),
    billable_seconds: billable,
    billable_hours: hoursText(billable),
    billed_seconds: billed,
    billed_hours: hoursText(billed),
  };
}

/** Throws InvalidInput for a period that is none. */
export function timeFilterOf(
  context: CompanyContext,
  query: z.output<z.ZodObject<typeof timeReportQuery>>,
): TimeFilter & { currency: string } {
  const { id: companyId, currency } = context.company;
  const { user_id: userId, client_id: clientId, project_id: projectId } = query;
  return { companyId, currency, ...reportPeriodOf(context, query), userId, clientId, projectId };
}
