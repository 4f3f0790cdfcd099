import { expect, test } from "vitest";
import type { MailConnector } from "../../../src/connectors/contract.ts";
import { createSmtpMail } from "../../../src/connectors/smtp/smtp.ts";
import type { JobContext } from "../../../src/jobs/define-job.ts";
import { giveUpMails } from "../../../src/jobs/mail/give-up-mails.ts";
import { deliverMail } from "../../../src/jobs/mail/deliver.ts";
import { runNight } from "../../../src/jobs/billing/night.ts";
import { enqueue } from "../../../src/queue/enqueue.ts";
import { untilBlocked } from "../../support/blocked.ts";
import { eventually } from "../../support/eventually.ts";
import { startPlatform } from "../../support/platform.ts";
import { openTestProviders } from "../../support/providers.ts";
import { holdRetries, hurryRetries } from "../../support/retries.ts";
import { startSmtpServer } from "../../support/smtp-server.ts";
import { line } from "../invoices/start-invoicing.ts";
import { startQuoting } from "../quotes/start-quoting.ts";

/** Long after any clock of a test. */
const expiry_date = "2099-12-31";

async function open() {
  const quoting = await startQuoting({ name: "Harbour Studio" });
  const platform = await startPlatform(quoting);
  const { sql, expectCall } = quoting;
  /** Waits until so many mails wait for a mail server that takes nothing for now, and keeps them waiting. */
  const untilWaiting = async (count: number) => await holdRetries(sql, count);
  /** The mail server is there again, and what waits is tried at once, as with a run's retry. */
  const heal = async () => {
    platform.mail.heal();
    await hurryRetries(sql);
  };
  /** Waits until the last mail about an invoice or quote has ended so, and returns it. */
  const untilMail = async (path: string, status: string) =>
    await eventually(
      async () => {
        const { deliveries } = await expectCall(200, "GET", path);
        return deliveries.at(-1)?.status === status && deliveries.at(-1);
      },
      { withinMs: 20_000 },
    );
  const openItems = async () =>
    (await expectCall(200, "GET", "/attention-items")).map(({ kind }: { kind: string }) => kind);
  return { ...quoting, platform, mail: platform.mail, untilWaiting, heal, untilMail, openItems };
}

test("a mail that waits goes to who the client is by then, and to nobody else", async () => {
  const api = await open();
  const { sql, mail, draft, quote, call, expectCall, untilWaiting, heal, untilMail, openItems } =
    api;
  const other = await expectCall(201, "POST", "/clients", {
    name: "Oak Lane Dairy",
    email: "ledger@oak.example",
  });
  const nobody = await expectCall(201, "POST", "/clients", { name: "No Mail" });
  mail.fail({ kind: "refuse", code: 450 });
  const invoice = `/invoices/${(await draft()).id}`;
  const quoted = `/quotes/${(await quote({ expiry_date })).id}`;
  const lost = `/invoices/${(await draft()).id}`;
  const unlucky = `/quotes/${(await quote({ expiry_date })).id}`;
  for (const path of [invoice, quoted, lost, unlucky])
    await expectCall(200, "POST", `${path}/send`);
  await untilWaiting(4);

  // While the mail server may be taking it, what one client gets does not become another's.
  await sql`update deliveries set status = 'sending'`;
  for (const path of [invoice, quoted]) {
    const refused = await call("PUT", path, { client_id: other.id });
    expect(refused).toMatchObject({ status: 409, body: { code: "mail_leaving" } });
    await expectCall(200, "PUT", path, { notes: "Thank you" });
  }
  await sql`update deliveries set status = 'queued'`;
  for (const path of [invoice, quoted]) {
    await expectCall(200, "PUT", path, { client_id: other.id });
  }
  for (const path of [lost, unlucky]) {
    await expectCall(200, "PUT", path, { client_id: nobody.id });
  }
  await expectCall(200, "PATCH", `/clients/${other.id}`, { email: "books@oak.example" });
  await heal();

  for (const path of [invoice, quoted]) {
    expect(await untilMail(path, "accepted")).toMatchObject({ recipient: "books@oak.example" });
    expect(await expectCall(200, "GET", path)).toMatchObject({ status: "sent" });
  }
  for (const path of [lost, unlucky]) {
    expect(await untilMail(path, "blocked")).toMatchObject({ error_code: "no_recipient" });
    expect(await expectCall(200, "GET", path)).toMatchObject({ status: "draft" });
  }
  expect(mail.mails.map(({ envelope }) => envelope.to)).toEqual([
    ["books@oak.example"],
    ["books@oak.example"],
  ]);
  expect((await openItems()).toSorted()).toEqual(["invoice.no-recipient", "quote.no-recipient"]);
  await expectCall(200, "PATCH", `/clients/${nobody.id}`, { email: "now@nobody.example" });
  for (const path of [lost, unlucky]) await expectCall(200, "POST", `${path}/send`);
  for (const path of [lost, unlucky]) await untilMail(path, "accepted");
  expect(await openItems()).toEqual([]);
});

test("what becomes of an invoice while its mail waits, or fails, decides what it is then", async () => {
  const api = await open();
  const { sql, clock, mail, companyId, draft, expectCall, untilWaiting, heal, untilMail } = api;
  const refused = await expectCall(201, "POST", "/clients", {
    name: "Gone",
    email: "no@gone.example",
  });
  mail.fail({ kind: "refuse", code: 550, to: "no@gone.example" });
  mail.fail({ kind: "refuse", code: 450, to: "books@maple.example" });
  const terms = { issue_date: "2026-01-01", due_date: "2026-01-15" };
  const emptied = `/invoices/${(await draft(terms)).id}`;
  const paid = `/invoices/${(await draft()).id}`;
  const failed = `/invoices/${(await draft({ ...terms, client_id: refused.id })).id}`;
  for (const path of [emptied, paid, failed]) await expectCall(200, "POST", `${path}/send`);
  await untilMail(failed, "failed");
  await untilWaiting(2);

  await expectCall(200, "PUT", emptied, { line_items: [line("A gift", 1, 0)] });
  await expectCall(200, "POST", `${paid}/mark-paid`);
  await heal();
  expect(await untilMail(emptied, "cancelled")).toMatchObject({
    error_message: "the invoice is over nothing",
  });
  await untilMail(paid, "accepted");
  expect(await expectCall(200, "GET", emptied)).toMatchObject({ status: "paid", sent_at: null });
  const money = await expectCall(200, "GET", paid);
  expect(money).toMatchObject({ status: "paid", sent_at: expect.any(String) });
  expect(mail.mails.map(({ text }) => text.includes("nothing left to pay"))).toEqual([true]);

  // A payment recorded by mistake makes no sent invoice of one whose mail was refused.
  const payment = await expectCall(201, "POST", `${failed}/payments`, {
    amount: 10_000,
    payment_date: "2026-01-02",
  });
  await expectCall(204, "DELETE", `${failed}/payments/${payment.id}`);
  const deps = { sql, clock, signal: new AbortController().signal };
  await runNight(deps, { companyId, businessDate: "2026-03-02" });
  expect(await expectCall(200, "GET", failed)).toMatchObject({ status: "draft", sent_at: null });
  expect(await expectCall(200, "GET", emptied)).toMatchObject({ status: "paid" });
});

test("copies the mail server refuses stay on record; when only they were taken, the mail failed", async () => {
  const { mail, clientId, sql, expectCall, openItems } = await open();
  const path = `/clients/${clientId}/statement/send`;
  const period = { from: "2026-01-01", to: "2026-03-31" };
  const statusOf = async (id: number, status: string) =>
    await eventually(
      async () => {
        const [row] = await sql`
          select status, error_code, error_message, response from deliveries where id = ${id}
        `;
        return row?.["status"] === status && row;
      },
      { withinMs: 20_000 },
    );
  mail.fail({ kind: "refuse", code: 550, to: "boss@maple.example", times: 1 });
  const cc = ["boss@maple.example", "desk@maple.example"];
  const copied = await expectCall(200, "POST", path, { ...period, cc });
  expect(await statusOf(copied.id, "accepted")).toMatchObject({
    errorCode: "copy_rejected",
    errorMessage: expect.stringMatching(/^boss@maple\.example: 550/),
    response: expect.stringMatching(/^250/),
  });
  expect(await openItems()).toEqual([]);

  mail.fail({ kind: "refuse", code: 550, to: "books@maple.example", times: 1 });
  const missed = await expectCall(200, "POST", path, { ...period, cc });
  expect(await statusOf(missed.id, "failed")).toMatchObject({ errorCode: "recipient_rejected" });
  await eventually(async () => (await openItems()).join() === "run.dead");
  expect(mail.mails.map(({ envelope }) => envelope.to.join())).toEqual([
    "books@maple.example,desk@maple.example",
    "boss@maple.example,desk@maple.example",
  ]);
});

test("a mail whose run has ended says so; it goes on with the run, unless another was asked for", async () => {
  const api = await open();
  const { sql, mail, clientId, draft, quote, expectCall, untilWaiting, heal, untilMail } = api;
  mail.fail({ kind: "refuse", code: 450, to: /maple/ });
  const invoice = `/invoices/${(await draft()).id}`;
  const quoted = `/quotes/${(await quote({ expiry_date })).id}`;
  const stopped = `/invoices/${(await draft()).id}`;
  const statement = `/clients/${clientId}/statement/send`;
  const period = { from: "2026-01-01", to: "2026-03-31" };
  const ids = new Map<string, number>();
  for (const path of [invoice, quoted, stopped]) {
    ids.set(path, (await expectCall(200, "POST", `${path}/send`)).delivery.id);
  }
  const { id: stated } = await expectCall(200, "POST", statement, period);
  // The same once more is the same mail; with a note, or a copy, it is another.
  expect((await expectCall(200, "POST", statement, period)).id).toBe(stated);
  const noted = await expectCall(200, "POST", statement, { ...period, note: "At last" });
  const copied = await expectCall(200, "POST", statement, { ...period, cc: ["b@maple.example"] });
  expect(new Set([stated, noted.id, copied.id]).size).toBe(3);
  // What cannot be written at all fails at once, without another try.
  const unwritable = await expectCall(201, "POST", "/clients", {
    name: "Odd",
    email: "a@odd.example",
  });
  await sql`update clients set email = 'no address' where id = ${unwritable.id}`;
  const odd = `/invoices/${(await draft({ client_id: unwritable.id })).id}`;
  await expectCall(200, "POST", `${odd}/send`);
  expect(await untilMail(odd, "failed")).toMatchObject({ error_code: "invalid_address" });
  await untilWaiting(6);

  const runOf = async (deliveryId: number) => {
    const [run] = await sql<{ id: string; status: string; reason: string | null }[]>`
      select id, status, reason from job_runs where (payload ->> 'deliveryId')::int8 = ${deliveryId}
    `;
    return run!;
  };
  const { id: stoppedRun } = await runOf(ids.get(stopped)!);
  await expectCall(202, "POST", `/runs/${stoppedRun}/cancel`);
  await sql`update job_runs set attempt = 24 where status = 'retrying'`;
  await hurryRetries(sql);
  await eventually(
    async () => {
      const [row] = await sql`
        select count(*)::int as count from job_runs where status = 'dead' and attempt = 25
      `;
      return row?.["count"] === 5;
    },
    { withinMs: 20_000 },
  );
  await sql.begin(async (tx) => await enqueue(tx, giveUpMails, {}, { key: "now" }));
  const failure = {
    error_code: "given_up",
    error_message: expect.stringMatching(/could not take/),
  };
  for (const path of [invoice, quoted]) {
    expect(await untilMail(path, "failed")).toMatchObject(failure);
  }
  expect(await untilMail(stopped, "cancelled")).toMatchObject({ error_code: "given_up" });

  await heal();
  const again = await expectCall(200, "POST", `${quoted}/send`);
  expect(again.delivery.id).not.toBe(ids.get(quoted));
  expect((await expectCall(200, "POST", statement, period)).id).not.toBe(stated);
  await untilMail(quoted, "accepted");
  for (const deliveryId of [...ids.values(), stated]) {
    await expectCall(202, "POST", `/runs/${(await runOf(deliveryId)).id}/retry`);
  }
  for (const path of [invoice, stopped]) await untilMail(path, "accepted");
  for (const deliveryId of [ids.get(quoted)!, stated]) {
    const run = await eventually(async () => {
      const found = await runOf(deliveryId);
      return found.status === "skipped" && found;
    });
    expect(run.reason).toBe("the mail is failed already");
  }
  await mail.waitForCount(4);
  expect(mail.mails.map(({ subject }) => subject.replace(/ from .*/, "")).toSorted()).toEqual([
    "Invoice INV-00001",
    "Invoice INV-00002",
    "Quote QUO-00001",
    "Statement",
  ]);
});

test("a mail the server refused goes out when its run is started again, unless another was asked for", async () => {
  const { sql, mail, clientId, draft, expectCall, untilMail, openItems } = await open();
  mail.fail({ kind: "refuse", code: 550 });
  const [mended, resent] = [
    `/invoices/${(await draft()).id}`,
    `/invoices/${(await draft()).id}`,
  ] as const;
  const ids: number[] = [];
  for (const path of [mended, resent]) {
    await expectCall(200, "POST", `${path}/send`);
    ids.push((await untilMail(path, "failed")).id);
  }
  await eventually(async () => (await openItems()).join() === "run.dead");
  mail.heal();
  await expectCall(200, "POST", `${resent}/dispatches/${ids[1]}/resend`);
  await untilMail(resent, "accepted");

  await expectCall(200, "PUT", `/clients/${clientId}`, {
    name: "Maple",
    email: "new@maple.example",
  });
  const runs = await sql<{ id: string; deliveryId: number }[]>`
    select id, (payload ->> 'deliveryId')::int8 as delivery_id from job_runs where status = 'dead'
  `;
  expect(new Set(runs.map(({ deliveryId }) => deliveryId))).toEqual(new Set(ids));
  for (const { id } of runs) await expectCall(202, "POST", `/runs/${id}/retry`);
  expect(await untilMail(mended, "accepted")).toMatchObject({ recipient: "new@maple.example" });
  await eventually(async () => {
    const ends = await sql`select reason from job_runs where status = 'skipped'`;
    return ends.map((run) => run["reason"]).join() === "the mail is failed already";
  });
  expect(await openItems()).toEqual([]);
  expect(mail.mails.map(({ envelope }) => envelope.to.join()).toSorted()).toEqual([
    "books@maple.example",
    "new@maple.example",
  ]);
});

test("a worker that is stopped while it writes its last note leaves the mail queued, and it goes out once", async () => {
  const api = await startQuoting({ name: "Harbour Studio" });
  const { sql, clock, companyId, draft, expectCall } = api;
  const server = await startSmtpServer();
  api.defer(() => server.close());
  const mail = createSmtpMail({ url: server.url });
  api.defer(() => mail.close());
  const { id } = await draft();
  const { delivery } = await expectCall(200, "POST", `/invoices/${id}/send`);
  const mailPolicy = { from: "us@harbour.test", domain: "harbour.test", perSecond: null };
  const deliver = async (connector: MailConnector, signal: AbortSignal) => {
    const connectors = { ...openTestProviders(), mail: connector, mailPolicy };
    // What mailing takes of a run's context.
    const context = { sql, clock, signal, connectors } as unknown as JobContext;
    return await deliverMail(context, { companyId, deliveryId: delivery.id });
  };
  const recordOf = async () => (await expectCall(200, "GET", `/invoices/${id}`)).deliveries[0];

  const stop = new AbortController();
  const reason = new Error("the worker is stopping");
  const stopped: MailConnector = {
    ...mail,
    send: async (message, options) =>
      await mail.send(message, {
        ...options,
        beforeCommit: async () => {
          let noting: Promise<void> | undefined;
          await sql.begin(async (tx) => {
            await tx`select from deliveries where id = ${delivery.id} for update`;
            noting = options.beforeCommit();
            await untilBlocked(sql);
            stop.abort(reason);
          });
          await noting;
        },
      }),
  };
  await expect(deliver(stopped, stop.signal)).rejects.toBe(reason);
  expect(await recordOf()).toMatchObject({ status: "queued", error_code: "interrupted" });
  expect(server.mails).toEqual([]);
  const outcome = await deliver(mail, new AbortController().signal);
  expect(outcome).toMatchObject({ kind: "done" });
  expect(await recordOf()).toMatchObject({ status: "accepted", error_code: null });
  expect(await sql`select attempts from deliveries`).toEqual([{ attempts: 2 }]);
  expect(server.mails).toHaveLength(1);
});
