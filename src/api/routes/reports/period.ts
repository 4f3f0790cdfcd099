import { z } from "zod";
import { todayOf } from "../../../actions/acting.ts";
import type { LocalDate } from "../../../billing/dates.ts";
import { dateJson } from "../../answers.ts";
import type { CompanyContext } from "../../context.ts";
import { localDate, periodWithDefaults } from "../../inputs.ts";

/** A report by month is as long as its period. */
const yearsMax = 100;

export const reportPeriodQuery = {
  start_date: localDate
    .optional()
    .meta({ description: "Default: the first day of this year, where the company is." }),
  end_date: localDate.optional().meta({ description: "Default: the last day of this year." }),
};

export const reportPeriodJson = z.object({ start: dateJson, end: dateJson });

/** What is said of a report over a period, beside its rows. */
export const periodMetaJson = {
  period: reportPeriodJson,
  currency: z.string().meta({ description: "The company's." }),
};

/** What is said of a report of how things stand. */
export const todayMetaJson = {
  as_of: dateJson.meta({ description: "Today, where the company is." }),
  currency: periodMetaJson.currency,
};

/** Today, as the days of a report are counted. */
export function reportDayOf({
  company,
  user,
  now,
}: Pick<CompanyContext, "company" | "user" | "now">): LocalDate {
  return todayOf({ company, causerId: user.id, now });
}

/**
 * First and last day of a report, both included. `names` are those of the query.
 *
 * @throws InvalidInput when it would end before it begins, or be too long
 */
export function reportPeriodOf(
  context: Pick<CompanyContext, "company" | "user" | "now">,
  given: { start_date?: LocalDate | undefined; end_date?: LocalDate | undefined },
  names = { from: "start_date", to: "end_date" },
): { from: LocalDate; to: LocalDate } {
  const year = reportDayOf(context).slice(0, 4);
  return periodWithDefaults(
    { from: given.start_date, to: given.end_date },
    { from: `${year}-01-01`, to: `${year}-12-31` },
    { names, yearsMax },
  );
}
