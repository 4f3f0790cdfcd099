import { expect, test } from "vitest";
import { CALENDAR, inDays, startCalendar } from "./start-calendar.ts";

test("a company chooses a calendar, and its schedule is shown there: made, changed and deleted", async () => {
  const { call, expectCall, choose, plan, settled, person, status, sandbox, sync, state } =
    await startCalendar();
  expect(await status()).toMatchObject({
    connected: true,
    account: { id: CALENDAR, name: CALENDAR },
    sync: null,
  });
  expect((await call("POST", "/integrations/google-calendar/sync", {})).body).toMatchObject({
    code: "no_calendar",
  });
  const calendars = await expectCall(200, "GET", "/integrations/google-calendar/calendars");
  expect(calendars.map((each: { name: string }) => each.name)).toEqual([
    CALENDAR,
    "Team",
    "Holidays",
  ]);
  const refusals: readonly [field: string, body: object][] = [
    ["calendar_id", { calendar_id: "somebody@else.test" }],
    ["direction", { calendar_id: "holidays@group.calendar.sandbox.test" }],
    ["direction", { calendar_id: CALENDAR, direction: "sideways" }],
  ];
  for (const [field, body] of refusals) {
    const refused = await call("PUT", "/integrations/google-calendar/settings", body);
    expect([refused.status, Object.keys(refused.body.errors)]).toEqual([422, [field]]);
  }

  // Planned before; one of whole days; one that is long over.
  await plan({ title: "Before", notes: "Bring the ladder", location: "1 Maple Street" });
  await plan({
    title: "Fair",
    starts_at: inDays(5).starts_at.slice(0, 10),
    ends_at: inDays(6).ends_at.slice(0, 10),
  });
  await plan({ title: "Long ago", starts_at: "2020-01-01", ends_at: "2020-01-01" });
  await settled();
  expect(await choose()).toMatchObject({ status: "succeeded", result: { shown: 2, refused: 0 } });
  const shown = () =>
    person()
      .events()
      .map(({ summary }) => summary);
  expect(shown()).toEqual(["Before", "Fair"]);
  const { starts_at, ends_at } = inDays(3);
  const [before, fair] = person().events();
  expect(before).toMatchObject({
    description: "Bring the ladder",
    location: "1 Maple Street",
    start: { timeZone: "America/Chicago" },
  });
  expect(new Date(before!["start"].dateTime)).toEqual(new Date(starts_at));
  expect(new Date(before!["end"].dateTime)).toEqual(new Date(ends_at));
  expect(fair).toMatchObject({
    start: { date: inDays(5).starts_at.slice(0, 10) },
    end: { date: inDays(7).starts_at.slice(0, 10) },
  });

  // From now on by itself.
  const entry = await plan({ title: "Now" });
  await settled();
  expect(shown()).toEqual(["Before", "Fair", "Now"]);
  const event = person().events()[2]!;
  await person().patch(event.id, { attendees: [{ email: "bob@sandbox.test" }] });
  const day = inDays(8).starts_at.slice(0, 10);
  await expectCall(200, "PATCH", `/schedule/${entry.id}`, {
    title: "Then",
    starts_at: day,
    ends_at: day,
  });
  await settled();
  expect(person().event(event.id)).toMatchObject({
    summary: "Then",
    start: { date: day },
    attendees: [{ email: "bob@sandbox.test" }],
  });
  await expectCall(204, "DELETE", `/schedule/${entry.id}`);
  await settled();
  expect(person().event(event.id)).toMatchObject({ status: "cancelled" });

  // What we wrote comes back, and changes nothing.
  const quiet = await sync();
  expect(quiet.result).toMatchObject({ shown: 0 });
  for (const changed of ["created", "updated", "deleted", "restored", "kept"]) {
    expect(quiet.result[changed], changed).toBeUndefined();
  }
  expect(await status()).toMatchObject({
    sync: {
      calendar: { id: CALENDAR, timezone: "America/Chicago" },
      direction: "both",
      last_result: { shown: 0 },
      held_deletions: 0,
    },
  });
  expect(state().calendars[0]!.events).toHaveLength(3);

  // Another calendar, and back: each event is where it was.
  await choose("push", "team@group.calendar.sandbox.test");
  expect(person().events("team@group.calendar.sandbox.test")).toHaveLength(2);
  await choose();
  expect(shown()).toEqual(["Before", "Fair"]);
  expect(sandbox.problems()).toEqual([]);
});

test("an event whose answer was lost is found by its id; refused ones are told of and stop no other", async () => {
  const { choose, plan, settled, person, sandbox, sync, attention, expectCall } =
    await startCalendar();
  await choose("push");
  const events = "/calendar/v3/calendars";
  // Google has made it, and nobody hears of it: the next attempt finds it. Retries are put forward.
  sandbox.fault({ match: { method: "POST", path: events }, fault: { kind: "drop", after: true } });
  await plan({ title: "Lost" });
  const limit = {
    kind: "status",
    status: 403,
    headers: { "retry-after": "1" },
    body: { error: { code: 403, errors: [{ reason: "rateLimitExceeded" }], message: "Slow" } },
  } as const;
  sandbox.fault({ match: { method: "POST", path: events, body: "Limited" }, fault: limit });
  await plan({ title: "Limited" });
  await sync();
  await settled();
  const titles = () =>
    person()
      .events()
      .map(({ summary }) => String(summary))
      .toSorted((one, other) => one.localeCompare(other));
  expect(titles()).toEqual(["Limited", "Lost"]);

  const refusal = {
    kind: "status",
    status: 400,
    body: { error: { code: 400, errors: [{ reason: "invalid" }], message: "No." } },
  } as const;
  sandbox.fault({
    match: { method: "POST", path: events, body: "Odd" },
    fault: refusal,
    times: 2,
  });
  await plan({ title: "Odd" });
  await plan({ title: "Even" });
  expect((await sync()).result).toMatchObject({ refused: 1 });
  expect(titles()).toEqual(["Even", "Limited", "Lost"]);
  expect(await attention()).toContain("calendar.entries-refused");
  expect((await sync()).result).toMatchObject({ refused: 0, shown: 1 });
  expect(await attention()).not.toContain("calendar.entries-refused");
  expect(titles()).toEqual(["Even", "Limited", "Lost", "Odd"]);
  await expectCall(200, "GET", "/schedule");
  expect(sandbox.problems()).toEqual([]);
});

test("a connection that Google ends holds the schedule back until somebody connects again; disconnecting withdraws it", async () => {
  const {
    choose,
    plan,
    settled,
    person,
    sandbox,
    connect,
    status,
    call,
    signInAgain,
    attention,
    state,
  } = await startCalendar({ isTold: true });
  await choose();
  expect(state().channels).toHaveLength(1);
  sandbox.oauth.revokeAll();
  await plan({ title: "Held" });
  await settled();
  expect(await status()).toMatchObject({ status: "needs_reauth", held_runs: 1 });
  expect(await attention()).toEqual(["connection.needs-reauth"]);
  expect(person().events()).toEqual([]);

  await connect();
  await settled();
  expect(
    person()
      .events()
      .map(({ summary }) => summary),
  ).toEqual(["Held"]);
  expect(await attention()).toEqual([]);

  await signInAgain();
  const path = "/integrations/google-calendar/disconnect";
  expect((await call("POST", path, {})).status).toBe(200);
  expect(state().channels).toEqual([]);
  expect(sandbox.requests().filter((each) => each.path === "/revoke")).toHaveLength(1);
  await plan({ title: "Nowhere" });
  await settled();
  expect(person().events()).toHaveLength(1);
  expect((await call("GET", "/integrations/google-calendar/calendars")).body).toMatchObject({
    code: "not_connected",
  });
  expect(sandbox.problems()).toEqual([]);
});
