import { expect, test } from "vitest";
import { addDays } from "../../../src/billing/dates.ts";
import {
  decideReminders,
  type ReminderInput,
  type ReminderStage,
} from "../../../src/billing/reminders.ts";

const dueDate = "2026-03-10";

function stage(id: number, daysOffset: number, createdDate = "2026-01-01"): ReminderStage {
  return { id, number: id, daysOffset, createdDate };
}

/** Stage 1 is three days before the due date, 2 the day after it, 3 a week after it. */
const threeStages = [stage(1, -3), stage(2, 1), stage(3, 7)];

function inputOf(
  changes: Partial<ReminderInput> & Pick<ReminderInput, "businessDate">,
): ReminderInput {
  return {
    stages: threeStages,
    recorded: [],
    dueDate,
    sentDate: "2026-03-01",
    lastReminderAt: null,
    now: new Date(`${changes.businessDate}T07:00:00Z`),
    ...changes,
  };
}

/** Decides every given night with the ledger the nights before have left. */
function runNights(dates: string[], stages = threeStages) {
  const recorded: number[] = [];
  const superseded: number[] = [];
  const sent: [date: string, id: number][] = [];
  let lastReminderAt: Date | null = null;
  for (const businessDate of dates) {
    const input = inputOf({ businessDate, stages, recorded, lastReminderAt });
    const decision = decideReminders(input);
    if (decision.send !== null) {
      sent.push([businessDate, decision.send]);
      recorded.push(decision.send);
      lastReminderAt = input.now;
    }
    superseded.push(...decision.superseded);
    recorded.push(...decision.superseded, ...decision.notApplicable);
  }
  return { sent, superseded, recorded };
}

function datesFrom(first: string, count: number): string[] {
  return Array.from({ length: count }, (_, day) => addDays(first, day));
}

test("H1: each stage is sent once, on its own day", () => {
  const { sent, superseded } = runNights(datesFrom("2026-03-01", 60));
  expect(sent).toEqual([
    ["2026-03-07", 1],
    ["2026-03-11", 2],
    ["2026-03-17", 3],
  ]);
  expect(superseded).toEqual([]);
});

test("H3: after twelve days without nights only the latest stage is sent", () => {
  const nights = [...datesFrom("2026-03-01", 5), ...datesFrom("2026-03-18", 20)];
  const { sent, superseded } = runNights(nights);
  expect(sent).toEqual([["2026-03-18", 3]]);
  expect(superseded).toEqual([1, 2]);
});

test("H9: reminders created when an invoice is long overdue do not concern it", () => {
  const createdDate = addDays(dueDate, 40);
  const stages = [stage(1, -3, createdDate), stage(2, 1, createdDate), stage(3, 7, createdDate)];
  const decision = decideReminders(inputOf({ businessDate: createdDate, stages }));
  expect(decision).toEqual({ send: null, superseded: [], notApplicable: [1, 2, 3], wait: false });
});

test("a stage whose day was before the sending is not applicable; the day itself still is", () => {
  const sentDayAfter = inputOf({ businessDate: "2026-03-08", sentDate: "2026-03-08" });
  expect(decideReminders(sentDayAfter)).toMatchObject({ send: null, notApplicable: [1] });
  const sentSameDay = inputOf({ businessDate: "2026-03-08", sentDate: "2026-03-07" });
  expect(decideReminders(sentSameDay)).toMatchObject({ send: 1, notApplicable: [] });
});

test("a stage created on its own day is sent", () => {
  const stages = [stage(1, 1, "2026-03-11")];
  expect(decideReminders(inputOf({ businessDate: "2026-03-11", stages })).send).toBe(1);
});

test("an applicable stage is sent although a later one came too late to apply", () => {
  const stages = [stage(1, 1), stage(2, 2, "2026-04-01")];
  const decision = decideReminders(inputOf({ businessDate: "2026-04-02", stages }));
  expect(decision).toEqual({ send: 1, superseded: [], notApplicable: [2], wait: false });
});

test("less than 24 hours after a reminder nothing is sent or recorded, and the night asks again", () => {
  const now = new Date("2026-03-18T07:00:00Z");
  const businessDate = "2026-03-18";
  const early = inputOf({
    businessDate,
    now,
    lastReminderAt: new Date("2026-03-17T07:00:00.001Z"),
  });
  expect(decideReminders(early)).toEqual({
    send: null,
    superseded: [],
    notApplicable: [],
    wait: true,
  });
  const late = inputOf({ businessDate, now, lastReminderAt: new Date("2026-03-17T07:00:00Z") });
  expect(decideReminders(late)).toEqual({
    send: 3,
    superseded: [1, 2],
    notApplicable: [],
    wait: false,
  });
});

test("a night that comes an hour early, as the clocks went forward, waits for the next", () => {
  // Nights at 02:00 in New York: 07:00Z, and 06:00Z from 8 March on.
  const stages = [stage(1, -3), stage(2, -2)];
  const decision = decideReminders(
    inputOf({
      stages,
      recorded: [1],
      businessDate: "2026-03-08",
      lastReminderAt: new Date("2026-03-07T07:00:00Z"),
      now: new Date("2026-03-08T06:00:00Z"),
    }),
  );
  expect(decision).toMatchObject({ send: null, wait: true });
});

test("an earlier stage is not sent after a later one", () => {
  const decision = decideReminders(inputOf({ businessDate: "2026-03-25", recorded: [1, 3] }));
  expect(decision).toEqual({ send: null, superseded: [2], notApplicable: [], wait: false });
});

test("of two stages on the same day the one with the higher number is sent", () => {
  const stages = [stage(2, 1), stage(1, 1)];
  const decision = decideReminders(inputOf({ businessDate: "2026-03-11", stages }));
  expect(decision).toMatchObject({ send: 2, superseded: [1] });
});

test("the latest is the one whose day is latest, in whatever order the stages are numbered", () => {
  const stages = [stage(1, 7), stage(2, 1)];
  const decision = decideReminders(inputOf({ businessDate: "2026-03-18", stages }));
  expect(decision).toMatchObject({ send: 1, superseded: [2] });
});

test("what the ledger holds for this due date is never decided again", () => {
  const decision = decideReminders(inputOf({ businessDate: "2026-06-01", recorded: [1, 2, 3] }));
  expect(decision).toEqual({ send: null, superseded: [], notApplicable: [], wait: false });
});
