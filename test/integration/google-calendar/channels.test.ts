import { expect, test } from "vitest";
import type { Sql } from "../../../src/db/client.ts";
import { syncDueCalendars } from "../../../src/jobs/google-calendar/sync-due.ts";
import { enqueue } from "../../../src/queue/enqueue.ts";
import { untilBlocked } from "../../support/blocked.ts";
import { eventually } from "../../support/eventually.ts";
import { googleTimes, inDays, startCalendar } from "./start-calendar.ts";

test("Google tells of changes through a channel that is opened anew before it ends; strangers are refused; a slow poll finds what was not told", async () => {
  const { choose, sync, person, schedule, settled, state, status, ask, sql, sandbox, signInAgain } =
    await startCalendar({ isTold: true });
  await choose();
  const [first] = state().channels;
  const ends = new Date((await status()).sync.channel_ends_at);
  expect(ends.getTime()).toBe(first!.expiration);
  const titles = async () => (await schedule()).map(({ title }) => title);

  // Told, and followed without anybody asking.
  await person().insert({ summary: "Told", ...googleTimes(inDays(2)) });
  await eventually(async () => (await titles()).includes("Told"), { withinMs: 20_000 });
  await settled();
  const countSyncs = async () => {
    const [row] = await sql<{ count: number }[]>`
      select count(*)::int as count from job_runs where job = 'calendar.sync'
    `;
    return row!.count;
  };

  const path = "/api/v1/integrations/google-calendar/notifications";
  const told = (headers: Record<string, string>) => ask("POST", path, { headers });
  const own = { "x-goog-channel-id": first!.id, "x-goog-channel-token": first!.token! };
  const before = await countSyncs();
  const wrong = [
    {},
    { ...own, "x-goog-channel-token": "nlc_guessed" },
    { ...own, "x-goog-channel-id": "0190b6c4-0000-7000-8000-000000000000" },
    { ...own, "x-goog-channel-id": "1' or true" },
  ];
  for (const headers of wrong) expect((await told(headers)).status).toBe(404);
  const opened = await told({ ...own, "x-goog-resource-state": "sync" });
  expect([opened.status, await countSyncs()]).toEqual([204, before]);
  // However many come before a sync begins are one sync; what comes later is another one.
  const release = await holdSyncs(sql);
  const all = await Promise.all(
    Array.from({ length: 30 }, () => told({ ...own, "x-goog-resource-state": "exists" })),
  );
  await untilBlocked(sql);
  await release();
  expect(new Set(all.map((reply) => reply.status))).toEqual(new Set([204]));
  await settled();
  expect((await countSyncs()) - before).toBe(1);
  await told({ ...own, "x-goog-resource-state": "exists" });
  await settled();
  expect((await countSyncs()) - before).toBe(2);

  // A day before its end the next one is opened, and then it is closed.
  await sql`update calendar_channels set expires_at = now() + interval '23 hours'`;
  await sync();
  const [second, ...others] = state().channels;
  expect(others).toEqual([]);
  expect(second!.id).not.toBe(first!.id);
  expect((await told({ ...own, "x-goog-resource-state": "exists" })).status).toBe(404);
  const asked = sandbox.requests().map(({ method, path: at }) => `${method} ${at}`);
  expect(asked.findLastIndex((line) => line.endsWith("/watch"))).toBeLessThan(
    asked.findLastIndex((line) => line.endsWith("/channels/stop")),
  );

  // The channel's end comes over there, and nobody tells: the poll finds it.
  sandbox.clock.advanceMs(8 * 86_400_000);
  sandbox.oauth.expireAccess();
  await signInAgain();
  await person().insert({ summary: "Untold", ...googleTimes(inDays(3)) });
  await sql`update calendar_syncs set next_sync_at = now()`;
  await sql.begin((tx) => enqueue(tx, syncDueCalendars, {}));
  await eventually(async () => (await titles()).includes("Untold"), { withinMs: 20_000 });
  await settled();
  expect(sandbox.problems()).toEqual([]);
});

test("killed between Google's commit and our note, an entry has one event in the end, whoever finds it", async () => {
  const { choose, sync, plan, person, sql, sandbox, expectCall, schedule } = await startCalendar();
  await choose();
  // As if the process had died just before the note was written.
  await sql`
    create function die() returns trigger language plpgsql as $$
    begin raise exception 'killed'; end $$
  `;
  const refuseNotes = () =>
    sql`create trigger die before insert or update on calendar_events execute function die()`;
  const takeNotes = () => sql`drop trigger die on calendar_events`;
  await refuseNotes();
  const entry = await plan({ title: "Once" });
  await eventually(() => person().events().length === 1, { withinMs: 20_000 });
  const [links] = await sql<{ count: number }[]>`select count(*)::int from calendar_events`;
  expect(links!.count).toBe(0);
  // Changed meanwhile: what was made is known for ours, and brought up to date.
  await expectCall(200, "PATCH", `/schedule/${entry.id}`, { title: "Once, changed" });
  await takeNotes();
  await sync();
  expect(
    person()
      .events()
      .map(({ summary }) => summary),
  ).toEqual(["Once, changed"]);
  expect(await schedule()).toHaveLength(1);

  // The same with a change, and with a deletion.
  await refuseNotes();
  await expectCall(200, "PATCH", `/schedule/${entry.id}`, { title: "Twice" });
  await eventually(() => person().events()[0]?.["summary"] === "Twice", { withinMs: 20_000 });
  await takeNotes();
  expect((await sync()).result).not.toHaveProperty("updated");
  expect((await schedule()).map(({ title }) => title)).toEqual(["Twice"]);
  await refuseNotes();
  await expectCall(204, "DELETE", `/schedule/${entry.id}`);
  await eventually(() => person().events().length === 0, { withinMs: 20_000 });
  await takeNotes();
  await sync();
  expect(await schedule()).toEqual([]);
  const events = await sql<{ type: string }[]>`
    select type from events where subject_type = 'schedule-entry' and type like '%overruled'
  `;
  expect([...events]).toEqual([]);
  expect(sandbox.problems()).toEqual([]);
});

/** No sync begins until the function that is returned was called. */
async function holdSyncs(sql: Sql): Promise<() => Promise<void>> {
  await sql`
    create function wait() returns trigger language plpgsql as $$
    begin perform pg_advisory_xact_lock_shared(1); return null; end $$
  `;
  // For the statement: it has no row locked yet, which messages want to count at.
  await sql`
    create trigger waits before update of begun on calendar_syncs
    for each statement execute function wait()
  `;
  const holder = await sql.reserve();
  await holder`select pg_advisory_lock(1)`;
  return async () => {
    await holder`select pg_advisory_unlock(1)`;
    holder.release();
    await sql`drop trigger waits on calendar_syncs`;
  };
}
