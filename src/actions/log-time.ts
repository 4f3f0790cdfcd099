import type { LocalDate } from "../billing/dates.ts";
import { timeAmount } from "../billing/worked-time.ts";
import type { Tx } from "../db/client.ts";
import { insertTimeEntries, type TimeEntryFields, type TimeEntryRow } from "../db/time-entries.ts";
import { InvalidInput } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { completeWork, type WorkInput } from "./complete-work.ts";
import { requireFeature } from "./require-plan.ts";
import { recordTimeEvents } from "./time-events.ts";

export interface TimeInput extends WorkInput {
  date: LocalDate;
  /** Seconds. */
  duration: number;
  /** Default: false. True says that it was billed somewhere else. */
  isBilled?: boolean | undefined;
  notes?: string | null | undefined;
}

/** What is left out stays as it is. */
export type TimeChanges = { [K in keyof TimeInput]?: TimeInput[K] | undefined };

/** Every amount stays below this many minor units, as those of invoices do. */
const AMOUNT_LIMIT = 10n ** 15n;

/**
 * Writes work that a user has done, in the order given. Throws `InvalidInput` for what does not fit;
 * `fieldOf` names the field of an entry as the caller knows it.
 */
export async function logTime(
  tx: Tx,
  by: Acting,
  input: {
    userId: number;
    entries: readonly TimeInput[];
    fieldOf: (index: number, field: string) => string;
  },
): Promise<TimeEntryRow[]> {
  const { userId, entries, fieldOf } = input;
  requireFeature(by.company, "timeTracking");
  const works = await completeWork(tx, by.company, { userId, works: entries, fieldOf });
  const fields = works.map((work, index): TimeEntryFields => {
    const { date, duration, isBilled = false, notes = null } = entries[index]!;
    checkAmount({ ...work, duration }, fieldOf(index, "hourly_rate"));
    return { ...work, date, duration, isBilled, notes };
  });
  const rows = await insertTimeEntries(
    tx,
    { companyId: by.company.id, userId, now: by.now },
    fields,
  );
  await recordTimeEvents(tx, by, "time_entry.created", rows);
  return rows;
}

/** Throws `InvalidInput` when an entry would come to an amount that no invoice can hold. */
export function checkAmount(
  { duration, hourlyRate }: Pick<TimeEntryFields, "duration" | "hourlyRate">,
  field: string,
): void {
  if (timeAmount(duration, hourlyRate) < AMOUNT_LIMIT) return;
  throw new InvalidInput({ [field]: ["The entry's amount must be below 10^15 minor units."] });
}
