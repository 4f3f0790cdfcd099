import { expect, test } from "vitest";
import { followRule } from "../../../src/actions/follow-rule.ts";
import { findCompany } from "../../../src/db/companies.ts";
import { inTransaction } from "../../../src/db/transaction.ts";
import { startWork } from "../billable-work/start-work.ts";

test("what a rule did shows a token the records that it may read, and nothing else of them", async () => {
  const work = await startWork();
  const { call, clock, companyId, draft, expectCall, project, sql, tokenWith, worked } = work;
  const tagging = await expectCall(201, "POST", "/rules", {
    kind: "automation",
    name: "Mark",
    event: "task.created",
    actions: [
      { type: "add_tag", tag: "Hot" },
      { type: "set_rate", hourly_rate: 9_000 },
      { type: "add_to_next_invoice" },
    ],
  });
  const task = await expectCall(201, "POST", "/tasks", { summary: "Call" });
  await inTransaction(sql, async (tx) => {
    const [event] = await tx<{ id: number }[]>`select id from events where type = 'task.created'`;
    const by = { company: (await findCompany(tx, companyId))!, causerId: null, now: clock.now() };
    await followRule(tx, by, { ruleId: tagging.id, eventId: event!.id });
  });
  const retainer = await expectCall(201, "POST", "/rules", {
    kind: "billing",
    name: "Care plan",
    terms: { type: "retainer", seconds: 36_000 },
  });
  const entry = await worked({ project_id: (await project()).id, duration: 3_600 });
  const invoice = await draft({ line_items: [] });
  await expectCall(200, "POST", `/invoices/${invoice.id}/import-time`, {
    time_entry_ids: [entry.id],
  });

  const logSeenWith = async (rule: { id: number }, ...scopes: string[]) => {
    const token = await tokenWith(["rules:read", ...scopes]);
    const reply = await call("GET", `/rules/${rule.id}/log`, undefined, { token });
    expect([reply.status, reply.body.data.length]).toEqual([200, 1]);
    const { id: _id, event_id: _eventId, created_at: _createdAt, ...seen } = reply.body.data[0];
    return seen;
  };
  const ofTask = { subject_type: "task", outcome: "applied" };
  expect(await logSeenWith(tagging, "tags:read", "invoices:read")).toEqual(ofTask);
  const rate = { type: "set_rate", hourly_rate: 9_000 };
  const record = { ...ofTask, subject_id: task.id, reason: "The task is for no client." };
  expect(await logSeenWith(tagging, "tasks:read")).toEqual({
    ...record,
    effects: [{ type: "add_tag" }, rate],
  });
  expect(await logSeenWith(tagging, "tasks:read", "tags:read")).toEqual({
    ...record,
    effects: [{ type: "add_tag", tag: "Hot" }, rate],
  });

  const ofInvoice = { subject_type: "invoice", outcome: "applied" };
  expect(await logSeenWith(retainer, "time-entries:read")).toEqual(ofInvoice);
  const effect = { type: "retainer", time_entry_id: entry.id, billed: 3_600, credit: 12_000 };
  const bill = { ...ofInvoice, subject_id: invoice.id, reason: null };
  expect(await logSeenWith(retainer, "invoices:read")).toEqual({ ...bill, effects: [effect] });
  expect(await logSeenWith(retainer, "invoices:read", "time-entries:read")).toEqual({
    ...bill,
    effects: [{ ...effect, worked: 3_600 }],
  });

  // What a rule would do is told alike.
  const token = await tokenWith(["rules:read", "rules:write", "tasks:read"]);
  await expectCall(201, "POST", "/tasks", { summary: "Write" });
  const tried = await call("POST", `/rules/${tagging.id}/dry-run`, {}, { token });
  expect(tried.body.data.results[0].effects).toEqual([{ type: "add_tag" }, rate]);
});

test("a company has 200 rules at most, also when many are asked for at once", async () => {
  const { call, expectCall, sql } = await startWork();
  const rule = {
    kind: "billing",
    name: "Care plan",
    terms: { type: "retainer", seconds: 36_000 },
  };
  await expectCall(201, "POST", "/rules", rule);
  await sql`
    insert into rules (
      company_id, kind, name, is_enabled, position, subject_type, conditions, terms, created_at, updated_at
    )
    select
      company_id, kind, name, is_enabled, position, subject_type, conditions, terms, created_at, updated_at
    from rules, generate_series(2, 199)
  `;
  const asked = Array.from({ length: 12 }, async () => await call("POST", "/rules", rule));
  const answers = (await Promise.all(asked)).map(({ status, body }) => body.code ?? status);
  expect(answers.filter((answer) => answer === "too_many_rules")).toHaveLength(11);
  expect(answers).toContain(201);
});
