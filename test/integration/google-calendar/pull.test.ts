import { expect, test } from "vitest";
import { CALENDAR, googleTimes, inDays, startCalendar } from "./start-calendar.ts";

/** So many days from now. */
const day = (days: number) => inDays(days).starts_at.slice(0, 10);

const TEAM = "team@group.calendar.sandbox.test";

test("what somebody plans, moves, deletes and restores in the calendar is followed here; our own changes come back unnoticed", async () => {
  const { choose, sync, schedule, person, story, expectCall, settled, sandbox, plan } =
    await startCalendar();
  await plan({ title: "Ours" });
  // Followed while there is no calendar to show it in.
  await settled();
  const meeting = await person().insert({
    summary: "  Meeting ",
    description: "Agenda",
    location: "Room 1",
    ...googleTimes(inDays(2)),
  });
  await person().insert({
    summary: "Holiday",
    start: { date: day(4) },
    end: { date: day(6) },
  });
  await person().insert({ ...googleTimes(inDays(2)), summary: "Secret", visibility: "private" });
  await person().insert({ ...googleTimes(inDays(2)), summary: "Focus", eventType: "focusTime" });
  await person().insert({ ...googleTimes(inDays(-60)), summary: "Long over" });
  expect((await choose()).result).toMatchObject({ created: 2, shown: 1, full_readings: 0 });
  const [taken, ours, holiday] = await schedule();
  expect(taken).toMatchObject({
    title: "Meeting",
    notes: "Agenda",
    location: "Room 1",
    ...inDays(2),
    timezone: "America/Chicago",
    user_id: null,
    source: "google-calendar",
  });
  expect(holiday).toMatchObject({
    title: "Holiday",
    is_all_day: true,
    starts_at: day(4),
    ends_at: day(5),
  });
  expect(ours).toMatchObject({ title: "Ours", source: "api" });
  // Nothing of it is sent back, and a copy of ours is somebody's own event.
  expect(person().events()).toHaveLength(6);
  const shown = person()
    .events()
    .find(({ summary }) => summary === "Ours")!;
  const { id: _id, etag: _etag, ...copy } = shown;
  await person().insert({ ...copy, summary: "Copy", iCalUID: undefined });
  expect((await sync()).result).toMatchObject({ created: 1, shown: 0 });

  // Moved over there; described here: each side gets the other's.
  await person().patch(meeting.id, googleTimes(inDays(9)));
  expect((await sync()).result).toMatchObject({ updated: 1, shown: 0 });
  await expectCall(200, "PATCH", `/schedule/${taken.id}`, { title: "Board meeting" });
  await settled();
  expect(person().event(meeting.id)).toMatchObject({ summary: "Board meeting" });
  expect(await expectCall(200, "GET", `/schedule/${taken.id}`)).toMatchObject(inDays(9));
  expect((await sync()).result.updated).toBeUndefined();

  await person().remove(meeting.id);
  await sync();
  await expectCall(404, "GET", `/schedule/${taken.id}`);
  // Taken out of the bin over there: the same entry is back.
  await person().patch(meeting.id, { status: "confirmed" });
  await sync();
  expect(await expectCall(200, "GET", `/schedule/${taken.id}`)).toMatchObject({
    title: "Board meeting",
  });
  // Deleted here, it is cancelled there; moved to another calendar, it is gone here.
  await expectCall(204, "DELETE", `/schedule/${holiday.id}`);
  await settled();
  expect(
    person()
      .events()
      .map(({ summary }) => summary),
  ).not.toContain("Holiday");
  await person().move(meeting.id, TEAM);
  await sync();
  await expectCall(404, "GET", `/schedule/${taken.id}`);
  expect((await story(taken.id)).map(({ event }) => event)).toEqual([
    "created",
    "updated",
    "updated",
    "deleted",
    "restored",
    "deleted",
  ]);
  expect((await story(taken.id))[3]!.properties).toMatchObject({ changed_by: "google-calendar" });
  expect((await sync()).result).toEqual({
    shown: 0,
    refused: 0,
    full_readings: 0,
    held: 0,
    channel_ends_at: null,
  });
  expect(sandbox.problems()).toEqual([]);
});

test("a series comes as its instances, on the wall clock of its zone; one of them is changed here, the rest goes with the series", async () => {
  const { choose, sync, schedule, person, expectCall, settled, sandbox, state } =
    await startCalendar();
  const wall = `${day(1)}T09:00:00`;
  const series = await person().insert({
    summary: "Retainer",
    start: { dateTime: wall, timeZone: "Europe/Paris" },
    end: { dateTime: wall.replace("T09", "T10"), timeZone: "Europe/Paris" },
    // Longer than summer time lasts: the clocks change on the way, whenever it begins.
    recurrence: ["RRULE:FREQ=WEEKLY;COUNT=40"],
  });
  await choose();
  const entries = await schedule();
  expect(entries).toHaveLength(40);
  const hour = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/Paris", timeStyle: "short" });
  expect(new Set(entries.map(({ starts_at }) => hour.format(new Date(starts_at))))).toEqual(
    new Set(["09:00"]),
  );
  expect(new Set(entries.map(({ starts_at }) => starts_at.slice(11, 16))).size).toBe(2);

  await expectCall(200, "PATCH", `/schedule/${entries[1].id}`, { title: "Retainer, at ours" });
  await expectCall(204, "DELETE", `/schedule/${entries[2].id}`);
  await settled();
  const exceptions = state().calendars[0]!.events.filter(({ id }) => id !== series.id);
  expect(new Map(exceptions.map(({ summary, status }) => [summary, status]))).toEqual(
    new Map([
      ["Retainer, at ours", "confirmed"],
      ["Retainer", "cancelled"],
    ]),
  );
  expect((await sync()).result.updated).toBeUndefined();

  await person().patch(series.id, { recurrence: ["RRULE:FREQ=WEEKLY;COUNT=4"] });
  expect((await sync()).result).toMatchObject({ deleted: 36 });
  expect((await schedule()).map(({ title }) => title)).toEqual([
    "Retainer",
    "Retainer, at ours",
    "Retainer",
  ]);
  await person().remove(series.id);
  await sync();
  expect(await schedule()).toEqual([]);
  expect(sandbox.problems()).toEqual([]);
});

test("I9: a sync token that has expired means reading everything again, without doubles and without mass deletion", async () => {
  const {
    choose,
    sync,
    schedule,
    person,
    sandbox,
    attention,
    plan,
    signInAgain,
    status,
    call,
    story,
  } = await startCalendar();
  for (let number = 1; number <= 30; number += 1) {
    await person().keep({ id: `meeting${String(number).padStart(2, "0")}`, summary: `M${number}` });
  }
  await plan({ title: "Ours" });
  await choose();
  const before = await schedule();
  expect(before).toHaveLength(31);

  const events = `/calendar/v3/calendars/${encodeURIComponent(CALENDAR)}/events`;
  const expired = { kind: "status", status: 410, body: "" } as const;
  const expire = () => sandbox.fault({ match: { method: "GET", path: events }, fault: expired });
  // Meanwhile one is renamed, one deleted, one new.
  await person().patch("meeting01", { summary: "Renamed" });
  await person().remove("meeting02");
  await person().keep({ id: "meeting31", summary: "New" });
  expire();
  expect((await sync()).result).toMatchObject({
    full_readings: 1,
    updated: 1,
    deleted: 1,
    created: 1,
    held: 0,
    shown: 0,
  });
  const after = await schedule();
  expect(after).toHaveLength(31);
  const idOf = (title: string) => before.find((entry) => entry.title === title).id;
  expect(after.find(({ id }) => id === idOf("M1"))).toMatchObject({ title: "Renamed" });
  expect(after.find(({ id }) => id === idOf("M2"))).toBeUndefined();

  // Most of it is missing at once: nothing is deleted until somebody agrees.
  for (let number = 3; number <= 22; number += 1) {
    await person().remove(`meeting${String(number).padStart(2, "0")}`);
  }
  expire();
  expect((await sync()).result).toMatchObject({ held: 20 });
  expect(await schedule()).toHaveLength(31);
  expect(await attention()).toEqual(["calendar.deletions-held"]);
  expect((await status()).sync).toMatchObject({ held_deletions: 20 });
  // One is put back meanwhile: it stands.
  await person().patch("meeting03", { status: "confirmed" });
  await sync();
  expect(await schedule()).toHaveLength(31);
  expect((await sync({ accept_deletions: true })).result).toMatchObject({ deleted: 19, held: 0 });
  expect(await schedule()).toHaveLength(12);
  expect(await attention()).toEqual([]);
  expect((await story(idOf("M3"))).map(({ event }) => event)).toEqual(["created"]);

  // Ended by itself, after four weeks over there.
  sandbox.clock.advanceMs(29 * 86_400_000);
  await signInAgain();
  expect((await sync()).result).toMatchObject({ full_readings: 1, shown: 0 });
  expect(await schedule()).toHaveLength(12);

  // The calendar itself is gone: nothing is deleted.
  const gone = { error: { code: 404, errors: [{ reason: "notFound" }], message: "Not Found" } };
  sandbox.fault({
    match: { method: "GET", path: events },
    fault: { kind: "status", status: 404, body: gone },
  });
  expect(await sync()).toMatchObject({ status: "skipped" });
  expect(await attention()).toEqual(["calendar.not-found"]);
  expect(await schedule()).toHaveLength(12);
  await sync();
  expect(await attention()).toEqual([]);
  const { body } = await call("POST", "/integrations/google-calendar/sync", { accept: true });
  expect(body.errors).toHaveProperty("accept");
  expect(sandbox.problems()).toEqual([]);
});

test("I3: of two changes the later one counts, and the other is kept word for word; a change over somebody else's is refused by its etag", async () => {
  const { choose, sync, person, expectCall, settled, plan, story, sandbox, sql, companyId } =
    await startCalendar();
  const first = await plan({ title: "First", notes: "Ours" });
  const second = await plan({ title: "Second" });
  const third = await plan({ title: "Third" });
  const fourth = await plan({ title: "Fourth" });
  await choose();
  const eventOf = (title: string) =>
    person()
      .events()
      .find(({ summary }) => summary === title)!;
  const ids = {
    first: eventOf("First").id,
    second: eventOf("Second").id,
    third: eventOf("Third").id,
  };
  const fourthId = eventOf("Fourth").id;

  /** Changes an entry while nobody shows it, as if a worker were far behind. */
  const changeUnseen = async (id: number, title: string, msLater: number) => {
    await sql`
      update schedule_entries
      set title = ${title}, version = version + 1,
        changed_at = now() + ${msLater}::float8 * interval '1 ms'
      where company_id = ${companyId} and id = ${id}
    `;
  };
  // Theirs came later.
  await changeUnseen(first.id, "Ours, first", -60_000);
  await person().patch(ids.first, { summary: "Theirs, last", ...googleTimes(inDays(5)) });
  // Ours came later.
  await person().patch(ids.second, { summary: "Theirs, first" });
  await changeUnseen(second.id, "Ours, last", 60_000);
  // Deleted over there, nobody knows when; changed here.
  await person().remove(ids.third);
  await changeUnseen(third.id, "Still ours", -60_000);
  // Deleted on both sides.
  await person().remove(fourthId);
  await sql`update schedule_entries set deleted_at = now(), version = version + 1 where id = ${fourth.id}`;
  expect((await sync()).result).toMatchObject({ updated: 1, kept: 2, shown: 2 });

  expect(await expectCall(200, "GET", `/schedule/${first.id}`)).toMatchObject({
    title: "Theirs, last",
    ...inDays(5),
  });
  expect(person().event(ids.first)).toMatchObject({ summary: "Theirs, last" });
  expect(person().event(ids.second)).toMatchObject({ summary: "Ours, last" });
  expect(person().event(ids.third)).toMatchObject({ summary: "Still ours", status: "confirmed" });
  const overruled = async (id: number) =>
    (await story(id)).find(({ event }) => event === "overruled")?.properties;
  expect(await overruled(first.id)).toMatchObject({
    winner: "google-calendar",
    lost: {
      title: "Ours, first",
      notes: "Ours",
      starts_at: new Date(inDays(3).starts_at).toISOString(),
    },
  });
  expect(await overruled(second.id)).toMatchObject({
    winner: "schedule",
    lost: { title: "Theirs, first" },
  });
  expect(await overruled(third.id)).toMatchObject({
    winner: "schedule",
    lost: { is_deleted: true },
  });
  expect(await overruled(fourth.id)).toBeUndefined();
  // Once is enough.
  await sync();
  expect((await story(second.id)).filter(({ event }) => event === "overruled")).toHaveLength(1);

  // Changed over there in the moment between our look and our change: 412, and both are looked at again.
  await person().patch(ids.first, { summary: "Theirs again" });
  await expectCall(200, "PATCH", `/schedule/${first.id}`, { notes: "Newest" });
  await settled();
  expect(person().event(ids.first)).toMatchObject({
    summary: "Theirs, last",
    description: "Newest",
  });
  expect((await story(first.id)).at(-1)).toMatchObject({
    event: "overruled",
    properties: { winner: "schedule", lost: { title: "Theirs again" } },
  });
  const refused = sandbox.requests().filter(({ status }) => status === 412);
  expect(refused.length).toBeGreaterThan(0);
  expect(sandbox.problems()).toEqual([]);
});

test("a direction is kept to: push reads nothing and counts always, pull shows nothing and gives way", async () => {
  const { choose, sync, schedule, person, expectCall, settled, plan, sandbox, state } =
    await startCalendar();
  const ours = await plan({ title: "Ours" });
  await person().insert({ summary: "Theirs", ...googleTimes(inDays(2)) });
  await choose("push");
  expect(await schedule()).toHaveLength(1);
  expect(state().channels).toEqual([]);
  const event = person()
    .events()
    .find(({ summary }) => summary === "Ours")!;
  await person().patch(event.id, { summary: "Scribbled over" });
  await expectCall(200, "PATCH", `/schedule/${ours.id}`, { notes: "x" });
  await settled();
  expect(person().event(event.id)).toMatchObject({ summary: "Ours", description: "x" });

  await choose("pull", "holidays@group.calendar.sandbox.test");
  await choose("pull");
  expect((await schedule()).map(({ title }) => title)).toEqual(["Theirs", "Ours"]);
  const [theirs] = await schedule();
  await expectCall(200, "PATCH", `/schedule/${theirs.id}`, { title: "Mine now" });
  await settled();
  const original = person()
    .events()
    .find(({ summary }) => summary === "Theirs")!;
  await person().patch(original.id, { location: "Elsewhere" });
  await sync();
  expect((await schedule())[0]).toMatchObject({ title: "Theirs", location: "Elsewhere" });
  expect(sandbox.problems()).toEqual([]);
});
