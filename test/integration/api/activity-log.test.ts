import { expect, test } from "vitest";
import { recordEvents } from "../../../src/db/events.ts";
import { startApi } from "./start-api.ts";

test("a record's story is told newest first, as the contract writes it", async () => {
  const { ask, sql, clock, signUp } = await startApi();
  const { token, companyId } = await signUp();
  const made = await ask("POST", "/api/clients", { token, body: { name: "A" } });
  const id = Number(made.body.data.id);
  await sql.begin(async (tx) => {
    await recordEvents(tx, companyId, [
      {
        type: "client.late_fee_charged",
        subjectType: "client",
        subjectId: id,
        payload: { fee: 2500n },
        causerId: null,
        occurredAt: clock.now(),
      },
    ]);
  });
  const path = `/api/activity-log?subject_type=client&subject_id=${id}`;
  const log = await ask("GET", path, { token });
  expect(log.status).toBe(200);
  expect(log.body).toEqual({
    data: [
      {
        id: expect.any(Number),
        description: "late fee charged",
        event: "late_fee_charged",
        causer_name: null,
        properties: { fee: 2500 },
        created_at: "2026-03-02T09:00:00+00:00",
      },
      {
        id: expect.any(Number),
        description: "created",
        event: "created",
        causer_name: expect.stringMatching(/^Person /),
        properties: {},
        created_at: "2026-03-02T09:00:00+00:00",
      },
    ],
    meta: { current_page: 1, last_page: 1, per_page: 25, total: 2 },
  });
  const page = await ask("GET", `${path}&per_page=1&page=2`, { token });
  expect(page.body.data).toHaveLength(1);
  expect(page.body.data[0].event).toBe("created");
});

test("a wrong subject is a 422, one that is not there a 404", async () => {
  const { ask, signUp } = await startApi();
  const { token } = await signUp();
  const get = (query: string) => ask("GET", `/api/activity-log?${query}`, { token });
  expect(Object.keys((await get("")).body.errors).toSorted()).toEqual([
    "subject_id",
    "subject_type",
  ]);
  expect((await get("subject_type=user&subject_id=1")).status).toBe(422);
  expect((await get("subject_type=invoice&subject_id=x")).status).toBe(422);
  for (const type of ["invoice", "quote", "credit", "recurring-invoice", "client", "service"]) {
    expect((await get(`subject_type=${type}&subject_id=1`)).status).toBe(404);
  }
});

test("many events are one insert: each has its outbox row, ids in order, and the relay wakes once", async () => {
  const { sql, clock, signUp } = await startApi();
  const { companyId } = await signUp();
  let woken = 0;
  const listening = await sql.listen("event_outbox", () => {
    woken += 1;
  });
  const ids = await sql.begin(async (tx) =>
    recordEvents(
      tx,
      companyId,
      Array.from({ length: 500 }, (_, n) => ({
        type: "invoice.created",
        subjectType: "invoice",
        subjectId: n + 1,
        payload: { text: `"quoted" \\ ${n}` },
        occurredAt: clock.now(),
      })),
    ),
  );
  expect(ids).toHaveLength(500);
  const rows = await sql`
    select events.id, events.subject_id, events.payload, event_outbox.type
    from events join event_outbox on event_outbox.event_id = events.id
    order by events.id
  `;
  expect(rows.map((row) => row["id"])).toEqual(ids);
  expect(rows.map((row) => row["subjectId"])).toEqual(Array.from({ length: 500 }, (_, n) => n + 1));
  expect(rows[7]?.["payload"]).toEqual({ text: '"quoted" \\ 7' });
  // A second notification on the same connection comes after all of the first.
  const last = new Promise<void>((resolve) => {
    void sql
      .listen("last", () => {
        resolve();
      })
      .then(() => sql.notify("last", ""));
  });
  await last;
  expect(woken).toBe(1);
  await listening.unlisten();
  await expect(sql.begin(async (tx) => recordEvents(tx, companyId, []))).resolves.toEqual([]);
});
