import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { verifyFile } from "../../../src/actions/verify-file.ts";
import { textOfPdf } from "../../support/pdf-text.ts";
import { startWork } from "./start-work.ts";

const pending = { status: "pending", at: null, by: null, reason: null };

test("time is approved or rejected by admins, until it is other time or billed", async () => {
  const { ask, call, expectCall, expectInvalid, worked, colleague, userId, draft, clock } =
    await startWork();
  const admin = await colleague("admin");
  const member = await colleague("member");
  const entry = await worked({ notes: "Design" });
  const path = `/time-entries/${entry.id}`;
  const events = async (): Promise<string[]> => {
    const log = await expectCall(
      200,
      "GET",
      `/activity-log?subject_type=time-entry&subject_id=${entry.id}`,
    );
    return log.map(({ event }: { event: string }) => event).toReversed();
  };
  expect(entry.approval).toEqual(pending);

  const refused = await ask("POST", `/api/v1${path}/approve`, { token: member.token });
  expect(refused).toMatchObject({ status: 403, body: { code: "role_required" } });
  const approved = await ask("POST", `/api/v1${path}/approve`, { token: admin.token });
  expect(approved.body.data.approval).toEqual({
    status: "approved",
    at: "2026-03-02T09:00:00.000000Z",
    by: admin.userId,
    reason: null,
  });
  // Again, by somebody else: the first stands, and there is no second event.
  clock.advanceMs(3_600_000);
  expect(await expectCall(200, "POST", `${path}/approve`)).toEqual(approved.body.data);
  expect(await expectCall(200, "PATCH", path, { notes: "Design, twice" })).toMatchObject({
    approval: { status: "approved", by: admin.userId },
  });
  expect(await events()).toEqual(["created", "approved", "updated"]);

  for (const change of [
    { duration: 1800 },
    { date: "2026-03-01" },
    { hourly_rate: 1 },
    { is_billable: false },
  ]) {
    await expectCall(200, "POST", `${path}/approve`);
    expect((await expectCall(200, "PATCH", path, change)).approval, JSON.stringify(change)).toEqual(
      pending,
    );
    expect((await events()).slice(-2)).toEqual(["updated", "approval_withdrawn"]);
  }

  await expectInvalid("reason", "POST", `${path}/reject`, {});
  await expectInvalid("reason", "POST", `${path}/reject`, { reason: " " });
  await expectInvalid("reason", "POST", `${path}/reject`, { reason: "x".repeat(1001) });
  expect(await expectCall(200, "POST", `${path}/reject`, { reason: "Too long" })).toMatchObject({
    approval: { status: "rejected", by: userId, reason: "Too long" },
  });
  const before = (await events()).length;
  await expectCall(200, "POST", `${path}/reject`, { reason: "Too long" });
  expect(await events()).toHaveLength(before);
  await expectCall(200, "POST", `${path}/reject`, { reason: "Still too long" });
  expect(await expectCall(200, "GET", path)).toMatchObject({
    approval: { status: "rejected", reason: "Still too long" },
  });

  const second = await worked();
  const missing = await call("POST", "/time-entries/bulk-approve", { ids: [second.id, 999_999] });
  expect(missing.status).toBe(404);
  expect((await expectCall(200, "GET", `/time-entries/${second.id}`)).approval).toEqual(pending);
  const both = await expectCall(200, "POST", "/time-entries/bulk-approve", {
    ids: [second.id, entry.id, second.id],
  });
  expect(both).toMatchObject([
    { id: entry.id, approval: { status: "approved", reason: null } },
    { id: second.id, approval: { status: "approved" } },
  ]);

  // Billing keeps the approval, and ends the deciding.
  const { id } = await draft();
  await expectCall(200, "POST", `/invoices/${id}/import-time`, { time_entry_ids: [second.id] });
  expect(await expectCall(200, "GET", `/time-entries/${second.id}`)).toMatchObject({
    is_billed: true,
    approval: { status: "approved" },
  });
  const billed = await call("POST", `/time-entries/${second.id}/reject`, { reason: "No" });
  expect(billed).toMatchObject({ status: 409, body: { code: "time_entry_billed" } });
  const timer = await expectCall(201, "POST", "/timer/start", {});
  expect((await call("POST", `/time-entries/${timer.id}/approve`)).status).toBe(409);
  await expectCall(204, "DELETE", path);
  await expectCall(404, "POST", `${path}/approve`);
});

test("an invoice's approval holds for what it says, and proof packs show who gave it", async () => {
  const { call, expectCall, draft, worked, eventsOf, userId, sql, defer } = await startWork();
  const entry = await worked({ notes: "Design" });
  await expectCall(200, "POST", `/time-entries/${entry.id}/approve`);
  const { id, approval } = await draft();
  const path = `/invoices/${id}`;
  const approvalNow = async () => (await expectCall(200, "GET", path)).approval;
  expect(approval).toEqual(pending);

  expect(await expectCall(200, "POST", `${path}/approve`)).toMatchObject({
    status: "draft",
    approval: { status: "approved", by: userId },
  });
  await expectCall(200, "POST", `${path}/approve`);
  await expectCall(200, "PATCH", path, { tags: ["Checked"], is_disputed: true });
  await expectCall(204, "POST", `${path}/archive`);
  await expectCall(204, "POST", `${path}/unarchive`);
  expect(await approvalNow()).toMatchObject({ status: "approved" });

  // What it says in words, and what it comes to.
  await expectCall(200, "PATCH", path, { notes: "Thank you" });
  expect(await approvalNow()).toEqual(pending);
  await expectCall(200, "POST", `${path}/reject`, { reason: "The hours are missing" });
  await expectCall(200, "POST", `${path}/import-time`, { time_entry_ids: [entry.id] });
  expect(await approvalNow()).toEqual(pending);
  await expectCall(200, "POST", `${path}/approve`);
  await expectCall(200, "POST", `${path}/mark-sent`);
  expect(await approvalNow()).toMatchObject({ status: "approved" });
  const decisions = [
    "invoice.approved",
    "invoice.approval_withdrawn",
    "invoice.rejected",
    "invoice.approval_withdrawn",
    "invoice.approved",
  ];
  expect((await eventsOf(id)).filter((type) => decisions.includes(type))).toEqual(decisions);

  const reply = await call("GET", `/proof-packs?invoiceId=${id}`);
  const { approvals } = reply.body.data.parts;
  const [user] = await sql<{ name: string }[]>`select name from users where id = ${userId}`;
  expect(approvals).toMatchObject(
    ["time_entry.approved", ...decisions].map((type) => ({
      type,
      user_id: userId,
      user_name: user!.name,
      occurred_at: "2026-03-02T09:00:00.000000Z",
    })),
  );
  expect(approvals[0]).toMatchObject({
    subject_type: "time-entry",
    subject_id: entry.id,
    payload: { duration: 3600, hourly_rate: 12_000 },
  });
  expect(approvals[3].payload).toMatchObject({ reason: "The hours are missing", total: 10_000 });
  expect(approvals.at(-1).payload).toMatchObject({ total: 22_000 });
  const log = await expectCall(200, "GET", `/activity-log?subject_type=invoice&subject_id=${id}`);
  const logged = log.map((event: { id: number }) => event.id);
  expect(logged).toContain(approvals.at(-1).event_id);

  const file = join(tmpdir(), `nightledger-approvals-${process.pid}.json`);
  defer(async () => await rm(file, { force: true }));
  await writeFile(file, reply.bytes);
  expect(await verifyFile(file)).toMatchObject({ kind: "proof pack", isWhole: true });
  await writeFile(file, reply.text.replaceAll("The hours are missing", "All is there"));
  const forged = await verifyFile(file);
  expect(forged.parts.filter(({ isRight }) => !isRight).map((part) => part.name)).toContain(
    "approvals",
  );
  const pdf = await call("GET", `/proof-packs?invoiceId=${id}`, undefined, {
    headers: { accept: "application/pdf" },
  });
  const text = textOfPdf(pdf.bytes).flat().join("\n");
  expect(text).toContain(`time entry ${entry.id} approved`);
  expect(text).toContain("Who approved it");

  // A copy is another invoice; one that is over is decided about no more.
  const copy = await expectCall(201, "POST", `${path}/duplicate`);
  expect(copy.approval).toEqual(pending);
  await expectCall(200, "POST", `${path}/void`);
  await expectCall(409, "POST", `${path}/approve`);
  await expectCall(409, "POST", `${path}/reject`, { reason: "No" });
});
