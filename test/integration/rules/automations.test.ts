import { expect, test } from "vitest";
import { tagByRule } from "../../../src/actions/change-by-rule.ts";
import { followRule } from "../../../src/actions/follow-rule.ts";
import { findCompany } from "../../../src/db/companies.ts";
import { openCompany } from "../../support/company.ts";
import { eventually } from "../../support/eventually.ts";
import { startPlatform } from "../../support/platform.ts";
import { openTestProviders } from "../../support/providers.ts";
import { setup } from "../../support/setup.ts";

/** For a machine that has other things to do. */
const PATIENCE = { withinMs: 20_000 };

/** What the API answers, as far as tests look at it. */
// oxlint-disable-next-line typescript/no-explicit-any -- the answer's shape is what tests are about
type Json = any;

/** The whole product, and a company with a client and a project. */
async function start() {
  const base = await setup();
  const providers = openTestProviders();
  base.defer(() => providers.closeProviders());
  const platform = await startPlatform(base, { providers });
  const company = await openCompany(platform);
  const client = await company.post("/clients", { name: "Maple Street Bakery" });
  const project = await company.post("/projects", { client_id: client.id, name: "Website" });
  const service = await company.post("/services", { name: "Development" });
  const worked = (fields: Json = {}) => ({
    project_id: project.id,
    service_id: service.id,
    date: "2026-03-02",
    duration: 3600,
    ...fields,
  });
  return {
    sql: base.sql,
    company,
    client,
    worked,
    log: async (fields: Json = {}): Promise<Json> =>
      await company.post("/time-entries", worked(fields)),
    automation: async (fields: Json): Promise<Json> =>
      await company.post("/rules", { kind: "automation", name: "Rule", ...fields }),
    /** Waits until every event was followed and every run is over. */
    settled: async () => {
      await eventually(async () => {
        const [row] = await base.sql<{ open: number }[]>`
          select (
            (select count(*) from event_outbox)
            + (select count(*) from job_runs
                where job = 'rule.follow-event' and finished_at is null)
          )::int as open
        `;
        return row?.open === 0;
      }, PATIENCE);
    },
  };
}

test("rules price, bill, tag and alert what happens, each once, and say what they did", async () => {
  const { sql, company, client, worked, log, automation, settled } = await start();
  const bill = await automation({
    name: "Bill the bakery",
    event: "time_entry.created",
    conditions: [
      { field: "client_id", operator: "equals", value: client.id },
      { field: "duration", operator: "at_least", value: 1800 },
    ],
    actions: [
      { type: "set_rate", hourly_rate: 12_000 },
      { type: "add_to_next_invoice" },
      { type: "alert", message: "Time was billed" },
    ],
  });
  const tag = await automation({
    name: "Mark what is urgent",
    event: "task.created",
    conditions: [{ field: "summary", operator: "contains", value: "URGENT" }],
    actions: [{ type: "add_tag", tag: "Hot" }],
  });
  const entry = await log();
  const short = await log({ duration: 60 });
  const urgent = await company.post("/tasks", { summary: "Urgent: call them" });
  const calm = await company.post("/tasks", { summary: "Filing" });
  await settled();
  const billed = await company.get(`/time-entries/${entry.id}`);
  expect(billed).toMatchObject({ hourly_rate: 12_000, is_billed: true });
  expect(await company.get(`/time-entries/${short.id}`)).toMatchObject({ is_billed: false });
  expect(await company.get(`/tasks/${urgent.id}`)).toMatchObject({ tags: ["Hot"] });
  expect(await company.get(`/tasks/${calm.id}`)).toMatchObject({ tags: [] });
  expect(await company.get(`/rules/${bill.id}/log`)).toMatchObject([
    {
      subject_type: "time-entry",
      subject_id: entry.id,
      outcome: "applied",
      effects: [
        { type: "set_rate", hourly_rate: 12_000 },
        {
          type: "add_to_next_invoice",
          invoice_id: billed.invoice_id,
          time_entry_ids: [entry.id],
        },
        { type: "alert", message: "Time was billed" },
      ],
      reason: null,
    },
  ]);
  expect(await company.get(`/rules/${tag.id}/log`)).toMatchObject([
    { subject_id: urgent.id, effects: [{ type: "add_tag", tag: "Hot" }] },
  ]);
  expect(await company.get("/attention-items")).toMatchObject([
    {
      kind: "rule.alert",
      title: "Bill the bakery: Time was billed",
      subject_type: "time-entry",
      subject_id: entry.id,
    },
  ]);

  // Many at once find one draft, however many workers there are.
  const entries = Array.from({ length: 25 }, () => worked({ duration: 1800 }));
  await company.call("POST", "/time-entries/bulk", { entries });
  await settled();
  const invoices = await company.get("/invoices");
  expect(invoices).toMatchObject([{ id: billed.invoice_id, total: 12_000 + 25 * 6_000 }]);
  const bulk = await company.get("/time-entries?is_billed=true&per_page=100");
  expect(bulk).toHaveLength(26);

  // A run that comes again, as after a crash, finds that it was done.
  const [first] = await company.get(`/rules/${bill.id}/log?limit=1&offset=25`);
  const by = { company: (await findCompany(sql, company.id))!, causerId: null, now: new Date() };
  const ref = { ruleId: bill.id, eventId: first.event_id };
  const again = await sql.begin(async (tx) => await followRule(tx, by, ref));
  expect(again).toEqual({ outcome: "stale", reason: "the rule has met this event" });

  // What cannot be done to a record is passed over, with the reason.
  await company.put(`/rules/${bill.id}`, {
    conditions: [{ field: "client_id", operator: "is_not_set" }],
    actions: [{ type: "add_to_next_invoice" }],
  });
  const timer = await company.post("/timer/start", { hourly_rate: 100 });
  await company.call("PUT", "/timer/stop");
  await settled();
  expect(await company.get(`/rules/${bill.id}/log?outcome=skipped`)).toMatchObject([
    { subject_id: timer.id, reason: "It is for no client.", effects: [] },
  ]);
});

test("a rule that starts itself again, alone or with another, is disabled with its reason; so is one that fails", async () => {
  const { company, log, automation, settled, sql } = await start();
  const low = await automation({
    name: "Low",
    event: "time_entry.updated",
    conditions: [{ field: "hourly_rate", operator: "at_least", value: 10_001 }],
    actions: [{ type: "set_rate", hourly_rate: 10_000 }],
  });
  const high = await automation({
    name: "High",
    event: "time_entry.updated",
    conditions: [{ field: "hourly_rate", operator: "at_most", value: 10_000 }],
    actions: [{ type: "set_rate", hourly_rate: 20_000 }],
  });
  const entry = await log({ hourly_rate: 500 });
  await company.call("PATCH", `/time-entries/${entry.id}`, { notes: "Begin" });
  await settled();
  const states = async () =>
    (await company.get("/rules")).map(({ name, is_enabled, disabled_code }: Json) => [
      name,
      is_enabled,
      disabled_code,
    ]);
  const after = await states();
  const disabled = after.filter(([, isEnabled]: Json) => isEnabled === false);
  expect(disabled).toHaveLength(1);
  expect(disabled[0][2]).toBe("loop");
  const looping = disabled[0][0] === "Low" ? low : high;
  const other = looping === low ? high : low;
  expect(await company.get(`/rules/${looping.id}`)).toMatchObject({
    disabled_reason: expect.stringContaining(String(other.id)),
  });
  expect(await company.get(`/rules/${looping.id}/log?outcome=looped`)).toHaveLength(1);
  expect(await company.get("/attention-items")).toMatchObject([
    { kind: "rule.disabled", subject_type: "rule", subject_id: looping.id },
  ]);
  const [told] = await sql<{ count: number }[]>`
    select count(*)::int as count from events where type = 'rule.disabled'
  `;
  expect(told).toEqual({ count: 1 });

  // Enabled again, it is no item any more.
  await company.call("PATCH", `/rules/${other.id}/enabled`, { enabled: false });
  const enabled = await company.call("PATCH", `/rules/${looping.id}/enabled`, { enabled: true });
  expect(enabled.data).toMatchObject({
    is_enabled: true,
    disabled_code: null,
    disabled_reason: null,
  });
  expect(await company.get("/attention-items")).toEqual([]);
  await company.delete(`/rules/${looping.id}`);
  expect((await company.try("GET", `/rules/${looping.id}`)).status).toBe(404);

  // Met by its own change, it has nothing left to do.
  const calm = await automation({
    name: "Calm",
    event: "time_entry.updated",
    actions: [
      { type: "set_billable", is_billable: false },
      { type: "alert", message: "Not billable" },
    ],
  });
  const kept = await log({ hourly_rate: 500 });
  await company.call("PATCH", `/time-entries/${kept.id}`, { notes: "Begin" });
  await settled();
  expect(await company.get(`/time-entries/${kept.id}`)).toMatchObject({ is_billable: false });
  expect(await company.get(`/rules/${calm.id}`)).toMatchObject({ is_enabled: true });
  expect(await company.get(`/rules/${calm.id}/log`)).toMatchObject([
    { outcome: "applied", effects: [{ type: "set_billable" }, { type: "alert" }] },
  ]);

  const tagging = await automation({
    name: "Tag",
    event: "task.created",
    actions: [{ type: "add_tag", tag: "Gone" }],
  });
  await company.delete(`/tags/${tagging.actions[0].tag.id}`);
  const task = await company.post("/tasks", { summary: "Anything" });
  await settled();
  expect(await company.get(`/rules/${tagging.id}`)).toMatchObject({
    is_enabled: false,
    disabled_code: "failed",
    disabled_reason: "The tag that it gives was deleted.",
    actions: [{ type: "add_tag", tag: { name: null } }],
  });
  expect(await company.get(`/rules/${tagging.id}/log`)).toMatchObject([
    { outcome: "failed", subject_id: task.id, effects: [] },
  ]);
  expect(await company.get("/attention-items")).toContainEqual(
    expect.objectContaining({ kind: "rule.disabled", title: 'The rule "Tag" was disabled' }),
  );
  // A disabled one does nothing, and is not asked.
  const runs = async () =>
    await sql`select from job_runs where job = 'rule.follow-event' and payload @> ${sql.json({ companyId: company.id })}`;
  const before = (await runs()).length;
  await company.post("/tasks", { summary: "Another" });
  await settled();
  expect((await runs()).length).toBe(before);
});

test("rules on one event are followed in their order, each for good before the next", async () => {
  const { sql, company, log, automation, settled } = await start();
  const created = { event: "time_entry.created" };
  const bill = await automation({
    ...created,
    position: 1,
    actions: [{ type: "add_to_next_invoice" }],
  });
  const rate = await automation({
    ...created,
    position: 0,
    actions: [
      { type: "set_rate", hourly_rate: 15_000 },
      { type: "alert", message: "Priced" },
    ],
  });
  // The connection is lost between the two.
  const entry = await sql.begin(async (tx) => {
    await tx`select from rules where id = ${bill.id} for update`;
    const logged = await log({ hourly_rate: 10_000 });
    await eventually(async () => {
      const { hourly_rate, is_billed } = await company.get(`/time-entries/${logged.id}`);
      return hourly_rate === 15_000 && is_billed === false;
    }, PATIENCE);
    await eventually(async () => (await endWaiting()) > 0, PATIENCE);
    return logged;
  });
  await settled();
  expect(await company.get(`/time-entries/${entry.id}`)).toMatchObject({ is_billed: true });
  expect(await company.get(`/rules/${rate.id}/log`)).toHaveLength(1);
  expect(await company.get(`/rules/${bill.id}/log`)).toHaveLength(1);
  const alerts = await sql`select from events where type = 'rule.alerted'`;
  expect(alerts).toHaveLength(1);
  const runs = await sql`select from job_runs where job = 'rule.follow-event'`;
  expect(runs).toHaveLength(1);

  const worked = (await Promise.all([1, 2, 3, 4].map(async () => await log()))).length;
  await settled();
  expect(await company.get("/invoices")).toMatchObject([{ total: (worked + 1) * 15_000 }]);

  /** Ends the sessions that wait for a row of another one; how many there were. */
  async function endWaiting(): Promise<number> {
    const ended = await sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()
        and wait_event_type = 'Lock' and query like '%from rules%'
    `;
    return ended.length;
  }
});

test("rules that are set against each other end after few runs, each disabled with its reason", async () => {
  const { sql, company, log, automation, settled } = await start();
  const rules: Json[] = [];
  for (let count = 1; count <= 6; count += 1) {
    rules.push(
      await automation({
        name: `Rate ${count}`,
        event: "time_entry.updated",
        actions: [{ type: "set_rate", hourly_rate: count * 1_000 }],
      }),
    );
  }
  const entry = await log();
  await company.call("PATCH", `/time-entries/${entry.id}`, { notes: "Begin" });
  await settled();
  const left = await company.get("/rules?is_enabled=true");
  expect(left).toHaveLength(1);
  expect(await company.get(`/time-entries/${entry.id}`)).toMatchObject({
    hourly_rate: left[0].actions[0].hourly_rate,
  });
  const disabled = await company.get("/rules?is_enabled=false");
  expect(disabled).toHaveLength(5);
  for (const { disabled_code, disabled_reason } of disabled) {
    expect(disabled_code).toBe("loop");
    expect(disabled_reason).toMatch(/start each other again and again/);
  }
  const runs = await sql`select from job_runs where job = 'rule.follow-event'`;
  expect(runs.length).toBeLessThan(100);
});

test("what is wrong with one record is in the log and leaves the rule enabled; no tag is lost", async () => {
  const { sql, company, client, log, automation, settled } = await start();
  const bill = await automation({
    event: "time_entry.updated",
    actions: [
      { type: "set_rate", hourly_rate: 90_000_000_000_000 },
      { type: "add_to_next_invoice" },
      { type: "set_billable", is_billable: false },
    ],
  });
  const entry = await log({ hourly_rate: 100, duration: 86_400 });
  await company.put(`/clients/${client.id}`, { is_archived: true });
  await company.call("PATCH", `/time-entries/${entry.id}`, { notes: "Late" });
  await settled();
  expect(await company.get(`/rules/${bill.id}`)).toMatchObject({ is_enabled: true });
  expect((await company.get(`/rules/${bill.id}/log`)).at(-1)).toMatchObject({
    outcome: "applied",
    effects: [{ type: "set_billable" }],
    reason: expect.stringMatching(/amount.*archived/i),
  });
  expect(await company.get("/invoices")).toEqual([]);

  // A rule and somebody else, who was first: both tags are kept.
  const by = { company: (await findCompany(sql, company.id))!, causerId: null, now: new Date() };
  const other = await company.post("/clients", { name: "Oak" });
  const records = {
    client: other.id,
    project: (await company.post("/projects", { client_id: other.id, name: "Shop" })).id,
    task: (await company.post("/tasks", { summary: "Call" })).id,
    invoice: (await company.post("/invoices", { client_id: other.id })).id,
  };
  const mine = (await company.post("/tags", { name: "Mine" })).id;
  const theirs = (await company.post("/tags", { name: "Theirs" })).id;
  for (const [subjectType, subjectId] of Object.entries(records)) {
    const names = sql(`${subjectType}_tags`);
    const target = { subjectType: subjectType as keyof typeof records, subjectId };
    let tagging: Promise<unknown> | undefined;
    await sql.begin(async (tx) => {
      await tx`select from ${tx(`${subjectType}s`)} where id = ${subjectId} for update`;
      tagging = sql.begin(
        async (own) => await tagByRule(own, by, target, { id: theirs, name: "Theirs" }),
      );
      await eventually(async () => {
        const waiting = await sql`
          select from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'
        `;
        return waiting.length > 0;
      }, PATIENCE);
      await tx`
        insert into ${names} (company_id, ${tx(`${subjectType}_id`)}, tag_id)
        values (${company.id}, ${subjectId}, ${mine})
      `;
    });
    await tagging;
    expect(await company.get(`/${subjectType}s/${subjectId}`)).toMatchObject({
      tags: ["Mine", "Theirs"],
    });
  }
});
