import { expect, test } from "vitest";
import { line } from "../invoices/start-invoicing.ts";
import { startRecurring } from "./start-recurring.ts";

/** A series with eight months missed, parked by the night of 2 March 2026. */
async function startParked() {
  const api = await startRecurring();
  const { id } = await api.series({ start_date: "2025-07-02", catch_up: "all" });
  await api.generate("2026-03-02");
  return { ...api, id, path: `/recurring-invoices/${id}` };
}

test("a parked series says why, makes nothing, and is found by the list", async () => {
  const { id, get, generate, expectCall, sql } = await startParked();
  const parked = await get(id);
  expect(parked).toMatchObject({
    status: "active",
    parked_at: "2026-03-02T09:00:00.000000Z",
    parked_code: "catch_up_limit",
    next_generate_date: "2025-07-02",
    invoices: [],
  });
  expect(parked.parked_reason).toContain("8 dates");
  await generate("2026-03-03");
  expect((await get(id)).invoices).toEqual([]);
  const found = await expectCall(200, "GET", "/recurring-invoices?filter[is_parked]=true");
  expect(found.map((one: { id: number }) => one.id)).toEqual([id]);
  expect(await sql`select 1 from attention_items where resolved_at is null`).toHaveLength(1);
});

test("a release lets the next night make everything up, each with its own period", async () => {
  const { id, path, get, generate, clock, expectCall, occurrences, sql } = await startParked();
  const released = await expectCall(200, "POST", `${path}/release`);
  expect(released).toMatchObject({ parked_at: null, parked_code: null, parked_reason: null });
  expect(released.released_through).toBe("2026-03-02");
  expect(await sql`select 1 from attention_items where resolved_at is null`).toHaveLength(0);

  // The next night is one on which a further occurrence has come up: the release still holds.
  clock.set("2026-04-02T09:00:00Z");
  await generate("2026-04-02");
  const { invoices, next_generate_date } = await get(id);
  expect(invoices).toHaveLength(10);
  expect(next_generate_date).toBe("2026-05-02");
  expect(await occurrences(id)).toHaveLength(10);
  expect(new Set(invoices.map((one: { issue_date: string }) => one.issue_date))).toEqual(
    new Set(["2026-04-02"]),
  );
});

test("catch_up can be changed by the release: none skips all but today's own", async () => {
  const { id, path, generate, expectCall, occurrences } = await startParked();
  await expectCall(200, "POST", `${path}/release`, { catch_up: "none" });
  await generate("2026-03-02");
  const rows = await occurrences(id);
  expect(rows.filter((row) => row.outcome === "skipped")).toHaveLength(8);
  expect(rows.at(-1)).toMatchObject({ period_start: "2026-03-02", outcome: "generated" });
});

test("through must reach far enough, and not past a year", async () => {
  const { path, expectCall, expectInvalid, clock, generate, get, id } = await startParked();
  expect(
    await expectInvalid("through", "POST", `${path}/release`, { through: "2025-09-01" }),
  ).toContain("park it again");
  await expectInvalid("through", "POST", `${path}/release`, { through: "2028-01-01" });
  // Three missed after that day are within the limit of three.
  await expectCall(200, "POST", `${path}/release`, { through: "2025-11-30" });
  clock.set("2026-03-02T10:00:00Z");
  await generate("2026-03-02");
  expect((await get(id)).invoices).toHaveLength(9);
});

test("nobody is told of a parked series that is archived or completed, until it is taken back", async () => {
  const { path, expectCall } = await startParked();
  const openKeys = async () =>
    (await expectCall(200, "GET", "/attention-items")).map(
      ({ kind, title }: { kind: string; title: string }) => `${kind}: ${title}`,
    );
  const parked = await openKeys();
  expect(parked).toEqual([expect.stringMatching(/^series\.parked: .* is parked: .*8 dates/)]);
  await expectCall(204, "POST", `${path}/archive`);
  expect(await openKeys()).toEqual([]);
  await expectCall(204, "POST", `${path}/unarchive`);
  expect(await openKeys()).toEqual(parked);
  await expectCall(200, "PUT", path, { end_date: "2026-03-01" });
  expect(await expectCall(200, "GET", path)).toMatchObject({ status: "completed" });
  expect(await openKeys()).toEqual([]);
  await expectCall(200, "PUT", path, { end_date: null });
  expect(await openKeys()).toEqual(parked);
  await expectCall(204, "DELETE", path);
  expect(await openKeys()).toEqual([]);
});

test("a series that is not parked cannot be released", async () => {
  const { series, call } = await startRecurring();
  const { id } = await series();
  expect((await call("POST", `/recurring-invoices/${id}/release`)).status).toBe(409);
});

test("a release is refused while the cause still stands, and works once it is gone", async () => {
  const { series, generate, expectCall, expectInvalid, get } = await startRecurring();
  const { id } = await series({ line_items: [] });
  await generate("2026-03-02");
  expect(await get(id)).toMatchObject({ parked_code: "no_lines" });
  const path = `/recurring-invoices/${id}`;
  await expectInvalid("parked_reason", "POST", `${path}/release`);
  await expectCall(201, "POST", `${path}/line-items`, line("Retainer", 1, 10_000));
  expect(await get(id)).toMatchObject({ parked_code: "no_lines" });
  await expectCall(200, "POST", `${path}/release`);
  await generate("2026-03-02");
  expect((await get(id)).invoices).toMatchObject([{ total: 10_000 }]);
});
