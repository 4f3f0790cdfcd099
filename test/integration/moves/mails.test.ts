import { expect, test } from "vitest";
import { commitDelivery, openDelivery } from "../../../src/actions/deliver-mail.ts";
import { inTransaction } from "../../../src/db/transaction.ts";
import { eventually } from "../../support/eventually.ts";
import { startPlatform } from "../../support/platform.ts";
import { line } from "../invoices/start-invoicing.ts";
import { startMoving } from "./start-moving.ts";

test("mails that wait are sent by the company their record went to, once, and by no other", async () => {
  const moving = await startMoving();
  const { here, there, sql, clock } = moving;
  await there.expectCall(200, "PATCH", `/companies/${there.companyId}`, { name: "Harbour Studio" });
  const { id: clientId } = await here.client();
  const body = { client_id: clientId, line_items: [line("Consulting", 1, 10_000)] };
  const [alone, along] = [
    await here.expectCall(201, "POST", "/invoices", body),
    await here.expectCall(201, "POST", "/invoices", body),
  ];
  const quote = await here.expectCall(201, "POST", "/quotes", body);
  for (const path of [`/invoices/${alone.id}`, `/invoices/${along.id}`, `/quotes/${quote.id}`]) {
    await here.expectCall(200, "POST", `${path}/send`);
  }
  const dates = { from: "2026-01-01", to: "2026-03-31" };
  await here.expectCall(200, "POST", `/clients/${clientId}/statement/send`, dates);
  const target = { target_company_id: there.companyId };
  await here.expectCall(200, "POST", `/invoices/${alone.id}/move`, target);
  await here.expectCall(200, "POST", `/clients/${clientId}/move`, target);

  // Nothing has run yet: both the old requests and the new ones are followed now.
  const platform = await startPlatform(moving, { clock });
  await eventually(
    async () => {
      // In one look: between two of them a run may come.
      const [row] = await sql<{ isOver: boolean }[]>`
        select count(*) = 8 and not exists (select from event_outbox) as is_over
        from job_runs
        where job like 'mail.%' and status in ('succeeded', 'skipped', 'dead')
      `;
      return row!.isOver;
    },
    { withinMs: 30_000 },
  );
  const runs = await sql`
    select company_id, status, count(*)::int as count
    from job_runs where job like 'mail.%' group by 1, 2 order by 1
  `;
  expect(runs.map((row) => ({ ...row }))).toEqual([
    { companyId: here.companyId, status: "skipped", count: 4 },
    { companyId: there.companyId, status: "succeeded", count: 4 },
  ]);
  const subjects = platform.mail.mails.map(({ subject }) => subject);
  expect(subjects).toHaveLength(4);
  for (const subject of subjects) expect(subject).toContain("Harbour Studio");
  expect(await there.expectCall(200, "GET", `/invoices/${along.id}`)).toMatchObject({
    status: "sent",
    deliveries: [{ status: "accepted" }],
  });
  expect(await here.expectCall(200, "GET", "/attention-items")).toEqual([]);
  expect(await there.expectCall(200, "GET", "/attention-items")).toEqual([]);
});

test("while a mail is being handed over its record stays, and a worker that comes late finds it gone", async () => {
  const { here, there, sql, clock } = await startMoving();
  const { id: clientId } = await here.client();
  const { id } = await here.expectCall(201, "POST", "/invoices", {
    client_id: clientId,
    line_items: [line("Consulting", 1, 10_000)],
  });
  await here.expectCall(200, "POST", `/invoices/${id}/send`);
  const [delivery] = await sql<{ id: number }[]>`select id from deliveries`;
  const ref = { companyId: here.companyId, deliveryId: delivery!.id, clock };
  const opened = await inTransaction(sql, (tx) => openDelivery(tx, ref));
  if (opened.kind !== "ready") throw new Error(opened.reason);
  const { version } = opened.state;
  const { recipient } = opened.delivery;
  const commit = async () =>
    await inTransaction(sql, (tx) =>
      commitDelivery(tx, { ...ref, version, recipient, messageId: "<m@test>" }),
    );

  const target = { target_company_id: there.companyId };
  await commit();
  for (const path of [`/invoices/${id}/move`, `/clients/${clientId}/move`]) {
    const reply = await here.call("POST", path, target);
    expect(reply).toMatchObject({ status: 409, body: { code: "mail_leaving" } });
  }
  await sql`update deliveries set status = 'queued'`;
  await here.expectCall(200, "POST", `/clients/${clientId}/move`, target);
  expect(await commit()).toMatchObject({ kind: "over", reason: expect.stringContaining("moved") });
  expect(await sql`select company_id, status from deliveries`).toEqual([
    { companyId: there.companyId, status: "queued" },
  ]);
});
