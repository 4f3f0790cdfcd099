import { z } from "zod";
import { todayOf, type Acting } from "../../../actions/acting.ts";
import type { LocalDate } from "../../../billing/dates.ts";
import { idParam, localDate, periodWithDefaults } from "../../inputs.ts";

export const statementParams = z.object({ client_id: idParam });
export const statementQuery = z.strictObject({
  from: localDate.optional(),
  to: localDate.optional(),
});

/** Until today, from the first day of that year, unless a request says otherwise. */
export function periodOf(
  by: Acting,
  given: { from?: LocalDate | undefined; to?: LocalDate | undefined },
): { from: LocalDate; to: LocalDate } {
  const to = given.to ?? todayOf(by);
  return periodWithDefaults(given, { from: `${to.slice(0, 4)}-01-01`, to });
}
