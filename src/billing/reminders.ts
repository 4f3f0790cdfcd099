import { addDays, localDateOf, type LocalDate } from "./dates.ts";

/** One of a company's up to three reminders. */
export interface ReminderStage {
  id: number;
  /** The company's own order, to choose between stages of the same day. */
  number: number;
  /** Days from the due date; negative before it. */
  daysOffset: number;
  /** In the company's zone. */
  createdDate: LocalDate;
}

export interface ReminderInput {
  stages: readonly ReminderStage[];
  /** Ids of the stages the ledger already speaks of, for this due date. */
  recorded: readonly number[];
  dueDate: LocalDate;
  /** The day the invoice was sent, in the company's zone. */
  sentDate: LocalDate;
  businessDate: LocalDate;
  lastReminderAt: Date | null;
  now: Date;
  /** The company's. */
  timezone: string;
}

export interface ReminderDecision {
  /** The stage to send now. */
  send: number | null;
  /** Due too, but a later stage takes their place. */
  superseded: number[];
  notApplicable: number[];
  /** Something is due, but the last reminder is too recent: nothing is recorded, the next night asks again. */
  wait: boolean;
}

const HOUR_MS = 3_600_000;
const BETWEEN_REMINDERS_MS = 24 * HOUR_MS;
/** What is left of it between the nights of two dates; see `reminderRestMs`. */
const BETWEEN_NIGHTS_MS = 20 * HOUR_MS;

/**
 * How long no reminder of an invoice may follow the last one, in milliseconds; 0 when one may: at most
 * one in 24 hours (BILLING.md 7.2). For nights that is a date of the company. A night begins seconds
 * earlier or later than the one before, with a clock change an hour, and its mails leave over minutes or
 * hours: the 24 hours are over on a later date, as soon as 20 of them have passed. What a person asks
 * for (`isByHand`) keeps the 24.
 */
export function reminderRestMs({
  lastReminderAt,
  now,
  timezone,
  isByHand,
}: {
  lastReminderAt: Date | null;
  now: Date;
  timezone: string;
  isByHand: boolean;
}): number {
  if (lastReminderAt === null) return 0;
  const passedMs = now.getTime() - lastReminderAt.getTime();
  const isLaterDate = localDateOf(lastReminderAt, timezone) < localDateOf(now, timezone);
  if (!isByHand && isLaterDate && passedMs >= BETWEEN_NIGHTS_MS) return 0;
  return Math.max(0, BETWEEN_REMINDERS_MS - passedMs);
}

/**
 * What becomes of each stage that is due on a business date (BILLING.md 7.1, 7.2). A stage is due
 * from its day on. Its day may be the very day on which the invoice was sent or the stage created.
 */
export function decideReminders(input: ReminderInput): ReminderDecision {
  const { businessDate, sentDate } = input;
  const passed = input.stages
    .map((stage) => ({ ...stage, day: addDays(input.dueDate, stage.daysOffset) }))
    .filter((stage) => stage.day <= businessDate)
    .toSorted((a, b) => a.daysOffset - b.daysOffset || a.number - b.number || a.id - b.id);

  const isApplicable = (stage: ReminderStage & { day: LocalDate }) =>
    stage.day >= sentDate && stage.day >= stage.createdDate;
  const open = passed.filter((stage) => !input.recorded.includes(stage.id));
  const due = open.filter(isApplicable).map(({ id }) => id);
  const notApplicable = open.filter((stage) => !isApplicable(stage)).map(({ id }) => id);

  // The latest of all that apply, recorded or not: no earlier stage speaks after a later one.
  const latest = passed.findLast(isApplicable);
  const send = due.find((id) => id === latest?.id) ?? null;
  if (send !== null && reminderRestMs({ ...input, isByHand: false }) > 0) {
    return { send: null, superseded: [], notApplicable: [], wait: true };
  }
  return { send, superseded: due.filter((id) => id !== send), notApplicable, wait: false };
}
