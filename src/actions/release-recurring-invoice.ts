import { addDays, type LocalDate } from "../billing/dates.ts";
import { settleAttention } from "../db/attention.ts";
import type { Tx } from "../db/client.ts";
import { findClientToInvoice } from "../db/invoice-references.ts";
import { listRecurringInvoiceLines } from "../db/recurring-invoice-lines.ts";
import {
  lockRecurringInvoice,
  unparkRecurringInvoice,
  type CatchUp,
  type RecurringInvoiceRow,
} from "../db/recurring-invoices.ts";
import { Conflict, InvalidInput } from "../errors.ts";
import { todayOf, type Acting } from "./acting.ts";
import { planRecurringInvoice } from "./plan-recurring-invoice.ts";
import { recordSeriesEvent } from "./recurring-invoice-events.ts";

/** A release further ahead would do away with the catch-up limit for good. */
const daysAheadMax = 366;

export interface ReleaseInput {
  seriesId: number;
  /** Everything due up to this day may be made up, whatever the catch-up limit. Default: today. */
  through?: LocalDate | undefined;
  /** Changes the series' own rule at the same time. */
  catchUp?: CatchUp | undefined;
}

/**
 * A person lets a parked series go on (BILLING.md 3.3); the next night generates what is due. Throws
 * `Conflict` when it is not parked, and `InvalidInput` while its cause still stands, for the night
 * would only park it again.
 */
export async function releaseRecurringInvoice(
  tx: Tx,
  by: Acting,
  { seriesId, through, catchUp }: ReleaseInput,
): Promise<RecurringInvoiceRow> {
  const companyId = by.company.id;
  const today = todayOf(by);
  const parked = await lockRecurringInvoice(tx, { companyId, id: seriesId });
  if (parked.parkedAt === null) throw new Conflict("This recurring invoice is not parked.");
  if (through !== undefined && through > addDays(today, daysAheadMax)) {
    throw new InvalidInput({ through: [`Must be within ${daysAheadMax} days from today.`] });
  }

  const { clientId } = parked;
  if (clientId === null) {
    throw new InvalidInput({ client_id: ["It has no client; give it one first."] });
  }
  const client = await findClientToInvoice(tx, { companyId, clientId });
  const plan = planRecurringInvoice(
    by.company,
    {
      series: {
        ...parked,
        catchUp: catchUp ?? parked.catchUp,
        releasedThrough: through ?? today,
      },
      lines: await listRecurringInvoiceLines(tx, { companyId, seriesIds: [seriesId] }),
      clientIsGone: client === undefined || client.isArchived,
    },
    today,
  );
  if (plan.kind === "parked") {
    const field = plan.code === "catch_up_limit" ? "through" : "parked_reason";
    throw new InvalidInput(
      { [field]: [`The next night would park it again: ${plan.reason}.`] },
      { code: plan.code },
    );
  }

  const released = await unparkRecurringInvoice(tx, parked, {
    releasedThrough: through ?? today,
    catchUp: catchUp ?? parked.catchUp,
    now: by.now,
  });
  await settleAttention(tx, {
    companyId,
    kind: "series.parked",
    key: String(seriesId),
    resolution: "released",
  });
  await recordSeriesEvent(tx, by, "recurring-invoice.released", released, {
    parked_code: parked.parkedCode,
    released_through: released.releasedThrough,
    catch_up: released.catchUp,
  });
  return released;
}
