import { expect, test } from "vitest";
import { addDays } from "../../../src/billing/dates.ts";
import {
  decideReminders,
  reminderRestMs,
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
    timezone: "America/New_York",
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

test("too soon after a reminder nothing is sent or recorded, and the night asks again", () => {
  const businessDate = "2026-03-18";
  const tooSoon = { send: null, superseded: [], notApplicable: [], wait: true };
  const sent = { send: 3, superseded: [1, 2], notApplicable: [], wait: false };
  // Nights at 03:00 in New York. The mail before left late in the day, or the same date.
  for (const [at, decision] of [
    ["2026-03-17T11:00:00.001Z", tooSoon],
    ["2026-03-18T04:30:00Z", tooSoon],
    ["2026-03-17T11:00:00Z", sent],
    ["2026-03-17T07:00:04Z", sent],
    ["2026-03-16T23:00:00Z", sent],
  ] as const) {
    expect(decideReminders(inputOf({ businessDate, lastReminderAt: new Date(at) }))).toEqual(
      decision,
    );
  }
});

test("stages of three days in a row are all sent, by nights seconds early and across a clock change", () => {
  // Nights at 02:00 in New York; on 8 March there is no 02:00, and 03:00 is 07:00Z.
  const nights = {
    "2026-03-07": ["07:00:03", "07:00:07"],
    "2026-03-08": ["07:00:02", "07:41:00"],
    "2026-03-09": ["06:00:01", "06:00:05"],
    "2026-03-10": ["06:00:00", "06:00:01"],
  };
  const stages = [stage(1, -3), stage(2, -2), stage(3, -1), stage(4, 0)];
  const recorded: number[] = [];
  let lastReminderAt: Date | null = null;
  for (const [businessDate, [night, accepted]] of Object.entries(nights)) {
    const now = new Date(`${businessDate}T${night}Z`);
    const decision = decideReminders(
      inputOf({ businessDate, stages, recorded, lastReminderAt, now }),
    );
    const next = recorded.length + 1;
    expect(decision).toEqual({ send: next, superseded: [], notApplicable: [], wait: false });
    recorded.push(next);
    lastReminderAt = new Date(`${businessDate}T${accepted}Z`);
  }
});

test("what a person asks for keeps its 24 hours to the millisecond", () => {
  const lastReminderAt = new Date("2026-03-10T07:00:00Z");
  const restAt = (at: string) =>
    reminderRestMs({ lastReminderAt, now: new Date(at), timezone: "UTC", isByHand: true });
  expect(restAt("2026-03-11T06:59:59.999Z")).toBe(1);
  expect(restAt("2026-03-11T07:00:00Z")).toBe(0);
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
