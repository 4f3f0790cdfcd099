import type { LocalDate } from "../billing/dates.ts";
import { raiseAttention } from "../db/attention.ts";
import type { Tx } from "../db/client.ts";
import { holdNightCompany } from "../db/night-companies.ts";
import { parkSeries } from "../db/night-series.ts";
import { errorText } from "../errors.ts";
import type { Clock } from "../platform/clock.ts";
import { parkedItem } from "./parked-item.ts";

/** Parks a series whose invoice could not be written, with what the database said (case D15). */
export async function parkFailedSeries(
  tx: Tx,
  input: {
    companyId: number;
    seriesId: number;
    businessDate: LocalDate;
    clock: Clock;
    error: unknown;
  },
): Promise<void> {
  const { companyId, seriesId, businessDate } = input;
  const company = await holdNightCompany(tx, companyId);
  const reason = errorText(input.error);
  const parked = await parkSeries(tx, {
    companyId,
    businessDate,
    now: company.testNow ?? input.clock.now(),
    series: [{ id: seriesId, code: "error", reason, preview: [] }],
  });
  // Moved to another company since: a night there meets the same fault.
  if (parked === 0) return;
  await raiseAttention(tx, { companyId, ...parkedItem(seriesId, reason) });
}
