import { pino } from "pino";
import { expect, test } from "vitest";
import { addToNextInvoice } from "../../../src/actions/add-to-next-invoice.ts";
import { findCompany } from "../../../src/db/companies.ts";
import { retain } from "../../../src/workers/retention.ts";
import { schedulerDefaults } from "../../../src/workers/settings.ts";
import { untilBlocked } from "../../support/blocked.ts";
import { startWork, type Working } from "../billable-work/start-work.ts";

/** What the API answers, as far as tests look at it. */
// oxlint-disable-next-line typescript/no-explicit-any -- the answer's shape is what tests are about
type Json = any;

function rulesOf({ expectCall }: Working) {
  return async (terms: Json, fields: Json = {}): Promise<Json> =>
    await expectCall(201, "POST", "/rules", {
      kind: "billing",
      name: "Rule",
      terms,
      ...fields,
    });
}

/** A body's only condition. */
const condition = (field: string, operator: string, value?: unknown) => ({
  conditions: [{ field, operator, value }],
});

test("time becomes lines by the rules, with their reasons, and the entry keeps what was worked", async () => {
  const work = await startWork();
  const { expectCall, draft, project, worked, serviceId, sql } = work;
  const rule = rulesOf(work);
  await expectCall(200, "PATCH", `/services/${serviceId}`, { tax_name_1: "VAT", tax_rate_1: 1900 });
  const { id: projectId } = await project();
  const ofProject = [{ field: "project_id", operator: "equals", value: projectId }];
  const rounding = await rule({ type: "rounding", increment: 900 }, { conditions: ofProject });
  await rule({ type: "minimum", seconds: 1800 }, { is_enabled: false });
  const retainer = await rule(
    { type: "retainer", seconds: 5400 },
    { name: "Care plan", conditions: ofProject },
  );
  expect(rounding.terms).toEqual({ type: "rounding", increment: 900, mode: "up" });
  const entry = await worked({ project_id: projectId, duration: 3000, notes: "Care" });
  const second = await worked({ project_id: projectId, duration: 3600 });
  const other = await worked({ duration: 61 });

  const tried = await expectCall(200, "POST", `/rules/${rounding.id}/dry-run`, {});
  expect(tried.results).toMatchObject([
    { subject_id: other.id, outcome: "unmet", effects: [] },
    { subject_id: second.id, outcome: "unchanged" },
    {
      subject_type: "time-entry",
      subject_id: entry.id,
      outcome: "applied",
      effects: [{ type: "rounding", worked: 3000, billed: 3600, credit: 0 }],
    },
  ]);

  const { id } = await draft({ line_items: [] });
  const invoice = await expectCall(200, "POST", `/invoices/${id}/import-time`, {
    time_entry_ids: [other.id, second.id, entry.id],
  });
  // 0.0169 h, and an hour and a half of two hours at 120.00 covered; 19 % on what is left.
  expect(invoice).toMatchObject({ subtotal: 24_203, discount_total: 18_000, tax_total: 1_179 });
  expect(invoice.line_items).toMatchObject([
    { time_entry_id: other.id, quantity: 0.0169, amount: 203, long_description: null },
    {
      time_entry_id: second.id,
      quantity: 1,
      amount: 12_000,
      discount_type: "fixed",
      discount_value: 6_000,
      long_description: "Care plan: 0.5 of 1 h",
    },
    {
      time_entry_id: entry.id,
      quantity: 1,
      discount_value: 12_000,
      long_description: "Care plan: 1 of 1 h",
    },
  ]);
  expect(await expectCall(200, "GET", `/time-entries/${entry.id}`)).toMatchObject({
    duration: 3000,
    invoice_id: id,
  });
  expect(await expectCall(200, "GET", `/rules/${retainer.id}/log`)).toMatchObject([
    {
      event_id: null,
      subject_type: "invoice",
      subject_id: id,
      outcome: "applied",
      effects: [
        { type: "retainer", time_entry_id: second.id, credit: 6_000 },
        { type: "retainer", time_entry_id: entry.id, credit: 12_000 },
      ],
    },
  ]);

  // March's time is used up, also for a line taxed as a whole; what frees an entry gives it back.
  const third = await worked({ project_id: projectId, duration: 3600 });
  const summary = await draft({ line_items: [], tax_type: "summary" });
  const path = `/invoices/${summary.id}`;
  const importThird = { time_entry_ids: [third.id] };
  expect(await expectCall(200, "POST", `${path}/import-time`, importThird)).toMatchObject({
    total: 12_000,
  });
  const [lineOfThird] = await expectCall(200, "GET", `${path}/line-items`);
  await expectCall(204, "DELETE", `${path}/line-items/${lineOfThird.id}`);
  const [, lineOfSecond] = invoice.line_items;
  await expectCall(204, "DELETE", `/invoices/${id}/line-items/${lineOfSecond.id}`);
  const covered = await expectCall(200, "POST", `${path}/import-time`, importThird);
  expect(covered.line_items).toMatchObject([
    { quantity: 1, unit_price: "6000.000000", long_description: "1 h\nCare plan: 0.5 of 1 h" },
  ]);
  await expectCall(200, "POST", `/invoices/${id}/void`);
  const fourth = await worked({ project_id: projectId, duration: 3600 });
  const last = await draft({ line_items: [] });
  expect(
    await expectCall(200, "POST", `/invoices/${last.id}/import-time`, {
      time_entry_ids: [fourth.id],
    }),
  ).toMatchObject({ subtotal: 12_000, discount_total: 12_000, total: 0 });

  // What a rule did is forgotten in time, and never what it has used.
  const { endedDays } = schedulerDefaults.retention;
  const used = await sql`select from rule_uses`;
  expect(used).toHaveLength(4);
  await retain(sql, {
    now: new Date(Date.now() + (endedDays + 1) * 86_400_000),
    settings: schedulerDefaults.retention,
    log: pino({ level: "silent" }),
  });
  expect(await expectCall(200, "GET", `/rules/${retainer.id}/log`)).toEqual([]);
  expect(await sql`select from rule_uses`).toHaveLength(used.length);
});

test("imports at once spend a retainer once, and a cap holds over invoices", async () => {
  const work = await startWork();
  const { expectCall, call, draft, project, worked } = work;
  const rule = rulesOf(work);
  const { id: projectId } = await project();
  const retainer = await rule({ type: "retainer", seconds: 7200 });
  const entries: Json[] = [];
  for (let count = 0; count < 6; count += 1) entries.push(await worked({ project_id: projectId }));
  const invoices = await Promise.all(entries.map(async () => await draft({ line_items: [] })));
  const replies = await Promise.all(
    invoices.map(
      async ({ id }, index) =>
        await call("POST", `/invoices/${id}/import-time`, { time_entry_ids: [entries[index].id] }),
    ),
  );
  const totals = replies.map(({ body }) => body.data.total).toSorted((a, b) => a - b);
  expect(totals).toEqual([0, 0, 12_000, 12_000, 12_000, 12_000]);

  await expectCall(204, "DELETE", `/rules/${retainer.id}`);
  await rule({ type: "cap", amount: 15_000, period: "month" }, { name: "Monthly cap" });
  const billed: Json[] = [];
  for (let count = 0; count < 3; count += 1) {
    const { id } = await draft({ line_items: [] });
    const entry = await worked({ project_id: projectId, date: "2026-04-02" });
    billed.push(
      await expectCall(200, "POST", `/invoices/${id}/import-time`, { time_entry_ids: [entry.id] }),
    );
  }
  expect(billed.map(({ total }) => total)).toEqual([12_000, 3_000, 0]);
  expect(billed[1].line_items[0].long_description).toBe("Monthly cap: the cap is reached");
});

test("a cap counts each currency by itself, and on one invoice what its imports come to", async () => {
  const work = await startWork();
  const { expectCall, draft, worked } = work;
  const cap = await rulesOf(work)({ type: "cap", amount: 15_000, period: "total" });
  const billed = async (currency: string): Promise<number> => {
    const { id } = await draft({ line_items: [], currency });
    return await importOne(id);
  };
  const importOne = async (id: number): Promise<number> => {
    const entry = await worked();
    const body = { time_entry_ids: [entry.id] };
    return (await expectCall(200, "POST", `/invoices/${id}/import-time`, body)).total;
  };
  expect(await billed("USD")).toBe(12_000);
  expect(await billed("EUR")).toBe(12_000);
  expect(await billed("EUR")).toBe(3_000);
  const next = await worked();
  const tried = await expectCall(200, "POST", `/rules/${cap.id}/dry-run`, {
    record_ids: [next.id],
  });
  expect(tried.results).toMatchObject([{ effects: [{ type: "cap", credit: 9_000 }] }]);
  expect(await billed("USD")).toBe(3_000);

  await expectCall(200, "PATCH", `/rules/${cap.id}`, {
    terms: { type: "cap", amount: 15_000, period: "invoice" },
  });
  const { id } = await draft({ line_items: [] });
  expect(await importOne(id)).toBe(12_000);
  expect(await importOne(id)).toBe(15_000);
  expect(await billed("USD")).toBe(12_000);
});

test("the next invoice is a draft in the client's currency that has room and stays here", async () => {
  const { expectCall, draft, worked, sql, clientId, companyId, clock } = await startWork();
  const good = await draft({ line_items: [] });
  const lines = Array.from({ length: 500 }, () => ({
    description: "Work",
    quantity: 1,
    unit_price: "1.00",
  }));
  await draft({ line_items: lines });
  await draft({ currency: "EUR" });
  for (const status of ["queued", "sending", "unknown"]) {
    const { id } = await draft();
    await expectCall(200, "POST", `/invoices/${id}/send`, {});
    await sql`update deliveries set status = ${status} where invoice_id = ${id}`;
    expect(await expectCall(200, "GET", `/invoices/${id}`)).toMatchObject({ status: "draft" });
  }
  const by = { company: (await findCompany(sql, companyId))!, causerId: null, now: clock.now() };
  const entries = [await worked(), await worked()];
  const bill = async (entry: Json) =>
    await sql.begin(
      async (tx) =>
        await addToNextInvoice(tx, by, { subjectType: "time-entry", subjectId: entry.id }),
    );
  expect(await bill(entries[0])).toMatchObject({ effect: { invoice_id: good.id } });

  // Somebody marks the newest one as sent at this moment.
  const leaving = await draft();
  let billing: Promise<unknown> | undefined;
  await sql.begin(async (tx) => {
    await tx`update invoices set status = 'sent' where id = ${leaving.id}`;
    billing = bill(entries[1]);
    await untilBlocked(sql);
  });
  expect(await billing).toMatchObject({ effect: { invoice_id: good.id } });
  expect(await expectCall(200, "GET", `/invoices/${good.id}`)).toMatchObject({ total: 24_000 });

  // An archived client is billed no more, on no draft that there is either.
  const late = await worked();
  await expectCall(200, "PUT", `/clients/${clientId}`, { is_archived: true });
  await expect(bill(late)).rejects.toThrow("This client is archived");
});

test("rules are checked when they are written, changed key by key, listed, and for admins and scopes", async () => {
  const work = await startWork();
  const { expectCall, expectInvalid, call, tokenWith, colleague, clientId } = work;
  const automation = {
    kind: "automation",
    name: "Mark",
    event: "task.created",
    actions: [{ type: "add_tag", tag: "Hot" }],
  };
  const invalid = async (field: string, fields: Json) =>
    await expectInvalid(field, "POST", "/rules", { ...automation, ...fields });
  await invalid("kind", { kind: "other" });
  await invalid("event", { event: undefined });
  await invalid("event", { event: "invoice.deleted" });
  await invalid("actions", { actions: undefined });
  await invalid("terms", { terms: { type: "minimum", seconds: 1 } });
  await invalid("actions.0.tag", { actions: [{ type: "add_tag" }] });
  await invalid("actions.0.tag", { actions: [{ type: "add_tag", tag: 4711 }] });
  await invalid("actions.0.message", { actions: [{ type: "add_tag", tag: "x", message: "y" }] });
  await invalid("actions.0.type", {
    event: "client.created",
    actions: [{ type: "set_rate", hourly_rate: 1 }],
  });
  await invalid("conditions.0.field", condition("color", "equals", "red"));
  await invalid("conditions.0.operator", condition("client_id", "contains", 1));
  await invalid("conditions.0.value", condition("client_id", "equals", "Oak"));
  await invalid("conditions.0.value", condition("client_id", "equals", 4711));
  await invalid("conditions.0.value", condition("tags", "is_set", "x"));
  // What a field can never be.
  for (const [event, field, never, possible] of [
    ["task.created", "status", "nope", "Completed"],
    ["project.created", "status", "paused", "active"],
    ["project.created", "billing_method", "flat", "flat_rate"],
    ["client.created", "currency", "XXX", "eur"],
    ["client.created", "country", "Germany", "de"],
    ["invoice.created", "status", "open", "overdue"],
    ["invoice.created", "currency", "euro", "EUR"],
  ] as const) {
    await invalid("conditions.0.value", { event, ...condition(field, "equals", never) });
    await invalid("conditions.0.value", { event, ...condition(field, "not_equals", never) });
    await invalid("conditions.0.value", { event, ...condition(field, "contains", "??") });
    for (const [operator, value] of [
      ["equals", possible],
      ["not_contains", possible.slice(1)],
      ["is_set", undefined],
    ] as const) {
      const alert = { event, actions: [{ type: "alert", message: "!" }] };
      const body = { ...automation, ...alert, ...condition(field, operator, value) };
      const { id } = await expectCall(201, "POST", "/rules", body);
      await expectCall(204, "DELETE", `/rules/${id}`);
    }
  }
  // A rule from when any value was taken is changed in all else, and no other like it is made of it.
  const alerting = { ...automation, actions: [{ type: "alert", message: "!" }] };
  const { id: oldId } = await expectCall(201, "POST", "/rules", alerting);
  const { conditions } = condition("status", "not_equals", "nope");
  await work.sql`update rules set conditions = ${JSON.stringify(conditions)}::text::jsonb where id = ${oldId}`;
  const renamed = await expectCall(200, "PATCH", `/rules/${oldId}`, { name: "Renamed" });
  expect(renamed).toMatchObject({ name: "Renamed", conditions });
  const other = condition("status", "equals", "nope");
  await expectInvalid("conditions.0.value", "PATCH", `/rules/${oldId}`, other);
  await expectCall(204, "DELETE", `/rules/${oldId}`);
  const billing = { kind: "billing", name: "Round", terms: { type: "rounding", increment: 60 } };
  const wrongTerms = async (field: string, terms: Json) =>
    await expectInvalid(field, "POST", "/rules", { ...billing, terms });
  await wrongTerms("terms.increment", { type: "rounding" });
  await wrongTerms("terms.seconds", { type: "rounding", increment: 60, seconds: 1 });
  await wrongTerms("terms.period", { type: "cap", amount: 1 });
  await wrongTerms("terms.increment", { type: "rounding", increment: 0 });
  await expectInvalid("actions", "POST", "/rules", { ...billing, actions: automation.actions });
  expect(await expectCall(200, "GET", "/tags")).toEqual([]);

  const made = await expectCall(201, "POST", "/rules", {
    ...automation,
    ...condition("client_id", "equals", clientId),
  });
  expect(made).toMatchObject({
    kind: "automation",
    is_enabled: true,
    position: 0,
    terms: null,
    actions: [{ type: "add_tag", tag: { id: expect.any(Number), name: "Hot" } }],
    disabled_code: null,
  });
  await expectCall(201, "POST", "/rules", { ...billing, position: -1 });
  const path = `/rules/${made.id}`;
  const changed = await expectCall(200, "PATCH", path, { name: "Marked", conditions: [] });
  expect(changed).toMatchObject({ name: "Marked", conditions: [], actions: made.actions });
  await expectInvalid("kind", "PUT", path, { kind: "billing" });
  await expectInvalid("enabled", "PATCH", `${path}/enabled`, {});
  const names = async (query: string) =>
    (await expectCall(200, "GET", `/rules?${query}`)).map(({ name }: Json) => name);
  expect(await names("")).toEqual(["Round", "Marked"]);
  expect(await names("kind=automation&event=task.created&is_enabled=true")).toEqual(["Marked"]);
  await expectCall(200, "PATCH", `${path}/enabled`, { enabled: false });
  expect(await names("is_enabled=false")).toEqual(["Marked"]);
  const log = await expectCall(200, "GET", `/activity-log?subject_type=rule&subject_id=${made.id}`);
  expect(log.map(({ event }: Json) => event)).toEqual(["updated", "updated", "created"]);

  // Tried although it is disabled, on the latest tasks, and nothing is changed.
  const task = await expectCall(201, "POST", "/tasks", { summary: "Call" });
  const tried = await expectCall(200, "POST", `${path}/dry-run`, {});
  expect(tried.results).toEqual([
    {
      subject_type: "task",
      subject_id: task.id,
      outcome: "applied",
      effects: [{ type: "add_tag", tag: "Hot" }],
      reason: null,
    },
  ]);
  expect(await expectCall(200, "GET", `/tasks/${task.id}`)).toMatchObject({ tags: [] });
  await expectInvalid("record_ids.1", "POST", `${path}/dry-run`, { record_ids: [task.id, 4711] });
  expect(await expectCall(200, "GET", `${path}/log`)).toEqual([]);

  const rules = ["rules:read", "rules:write"];
  const blind = await call("GET", path, undefined, { token: await tokenWith(rules) });
  expect(blind.body.data.actions[0].tag).toEqual({ id: made.actions[0].tag.id });
  const refused = async (scope: string, has: string[], method: string, on: string, body: Json) => {
    const token = await tokenWith([...rules, ...has]);
    expect(await call(method, on, body, { token })).toMatchObject({ status: 403, body: { scope } });
  };
  const tasks = ["tasks:read", "tasks:write"];
  await refused("tags:read", tasks, "POST", "/rules", automation);
  const reader = { token: await tokenWith([...rules, ...tasks, "tags:read"]) };
  expect((await call("POST", "/rules", automation, reader)).status).toBe(201);
  const another = { ...automation, actions: [{ type: "add_tag", tag: "Cold" }] };
  await refused("tags:write", [...tasks, "tags:read"], "POST", "/rules", another);

  // A rule does nothing that its writer may not do by hand, and shows nothing that they may not see.
  await refused("tasks:read", ["tags:read"], "POST", "/rules", automation);
  await refused("tasks:write", ["tasks:read", "tags:read"], "POST", "/rules", automation);
  await refused("tasks:write", ["tasks:read"], "PATCH", path, { name: "Mine" });
  await refused("tasks:write", ["tasks:read"], "PATCH", `${path}/enabled`, { enabled: true });
  await refused("tasks:read", [], "POST", `${path}/dry-run`, {});
  const seeing = { token: await tokenWith([...rules, "tasks:read"]) };
  expect((await call("POST", `${path}/dry-run`, {}, seeing)).status).toBe(200);
  expect((await call("PATCH", `${path}/enabled`, { enabled: false }, seeing)).status).toBe(200);
  const time = ["time-entries:read", "time-entries:write"];
  const onInvoices = {
    ...automation,
    event: "time_entry.created",
    actions: [{ type: "add_to_next_invoice" }],
  };
  await refused("invoices:read", time, "POST", "/rules", onInvoices);
  const invoices = ["time-entries:read", "invoices:read", "invoices:write"];
  await refused("time-entries:write", invoices, "POST", "/rules", onInvoices);
  const rate = { ...onInvoices, actions: [{ type: "set_rate", hourly_rate: 1 }] };
  await refused("time-entries:write", invoices, "POST", "/rules", rate);
  await refused("invoices:read", time, "POST", "/rules", billing);
  const alert = { ...onInvoices, actions: [{ type: "alert", message: "Look" }] };
  const looking = { token: await tokenWith([...rules, "time-entries:read"]) };
  expect((await call("POST", "/rules", alert, looking)).status).toBe(201);
  const member = { token: (await colleague("member")).token };
  expect((await call("GET", "/rules", undefined, member)).status).toBe(200);
  expect((await call("POST", "/rules", billing, member)).status).toBe(403);
});
