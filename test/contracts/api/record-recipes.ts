import { createHash, randomUUID } from "node:crypto";
import { insertAppAccess } from "../../../src/db/app-access.ts";
import { insertMember } from "../../../src/db/company-members.ts";
import { createToken, hashToken } from "../../../src/platform/tokens.ts";
import { formOf, smallPdf } from "../../support/files.ts";
import { makeSlackAlert } from "./slack-recipes.ts";
import type { Made, World } from "./world.ts";

/** Makes a fresh record of a collection; `parents` are the records before it in the address. */
type Recipe = (world: World, parents: readonly Made[]) => Promise<Made>;

export const line = { description: "Consulting", quantity: 1, unit_price: 10_000 };

export const credit = {
  type: "credit_note",
  amount: 5_000,
  description: "Goodwill",
  date: "2026-03-02",
};

/** What other records refer to. */
export const client: Recipe = async (world) =>
  await world.shared("client", async () => await recipes["clients"]!(world, []));
export const service: Recipe = async (world) =>
  await world.shared("service", async () => await recipes["services"]!(world, []));
export const project: Recipe = async (world) =>
  await world.shared("project", async () => await recipes["projects"]!(world, []));
export const otherCompany: Recipe = async (world) =>
  await world.shared("company", async () => await recipes["companies"]!(world, []));

/** An invoice that can be paid. */
export const issuedInvoice: Recipe = async (world) => {
  const { id } = await recipes["invoices"]!(world, []);
  return await world.need("POST", `/invoices/${id}/mark-sent`);
};

/** Somebody who has been mailed a link to choose a new password; `id` is its token. */
export const forgetful: Recipe = async ({ api, shared }) =>
  await shared("forgetful", async () => {
    const { email, userId } = await api.signUp({ company: null });
    const token = createToken("nlr");
    await api.sql`
      insert into password_resets
        (email, user_id, token_hash, expires_at, status, created_at, updated_at)
      values (${email}, ${userId}, ${hashToken(token)}, '2099-01-01', 'accepted', now(), now())
    `;
    return { id: token, email };
  });

/** A quote that its client has been sent. */
const sentQuote: Recipe = async (world) => {
  const { id } = await recipes["quotes"]!(world, []);
  return await world.need("POST", `/quotes/${id}/mark-sent`);
};

const newLine: Recipe = async (world, [invoice]) =>
  await world.need("POST", `/invoices/${invoice!.id}/line-items`, line);

/**
 * How a record is made, by the collection it is addressed in: "clients/contacts" is what stands for
 * `{id}` in /clients/{client_id}/contacts/{id}. A new collection needs a line here.
 */
export const recipes: Readonly<Record<string, Recipe>> = {
  exports: async ({ api, companyId, userId }) => {
    const content = Buffer.from("id,name\r\n");
    const key = `companies/${companyId}/exports/${randomUUID()}.csv`;
    await api.storage.put(key, content);
    const [row] = await api.sql<Made[]>`
      insert into exports (
        company_id, format, resource, user_id, kept_days, storage_key, bytes, row_count, sha256,
        completed_at, expires_at, created_at, updated_at
      )
      values (
        ${companyId}, 'csv', 'clients', ${userId}, 7, ${key}, ${content.length}, 0,
        ${createHash("sha256").update(content).digest("hex")}, now(), '2099-01-01', now(), now()
      )
      returning id
    `;
    return row!;
  },
  companies: async (world) =>
    await world.need("POST", "/companies", {
      name: "Second Studio",
      email: "office@second.example",
    }),
  "companies/members": async ({ api }, [company]) => {
    const { userId } = await api.signUp({ company: null });
    const companyId = Number(company!.id);
    await api.sql.begin((tx) => insertMember(tx, { companyId, userId, role: "member" }));
    return { id: userId };
  },
  "companies/members/invitations": async (world, [company]) => {
    const body = { email: `guest-${createToken("x")}@sweep.test`, role: "member" };
    return await world.need("POST", `/companies/${company!.id}/members/invite`, body);
  },
  // Another company's, for the owner of the world.
  invitations: async ({ api, need }) => {
    // Which may have changed since they signed up.
    const { email } = await need("GET", "/auth/user");
    const host = await api.signUp();
    const { body } = await api.ask("POST", `/api/companies/${host.companyId}/members/invite`, {
      token: host.token,
      body: { email, role: "member" },
    });
    const token = createToken("nli");
    // As when its mail leaves.
    await api.sql`
      update invitations set token_hash = ${hashToken(token)} where id = ${body.data.id}
    `;
    return { id: token, invitationId: body.data.id, companyId: host.companyId };
  },
  webhooks: async (world) =>
    await world.need("POST", "/webhooks", {
      url: "https://hooks.sweep.test/in",
      event_types: ["webhook.disabled"],
    }),
  "webhooks/deliveries": async (world) => {
    const { id } = await recipes["webhooks"]!(world, []);
    const { body } = await world.call("POST", `/webhooks/${id}/test`);
    return body.delivery;
  },
  "api-tokens": async (world) => await world.need("POST", "/api-tokens", { name: "CI" }),
  clients: async (world) =>
    await world.need("POST", "/clients", {
      name: "Maple Street Bakery",
      email: "books@maple.example",
      phone: "+1 555 0100",
      address_line_1: "1 Maple Street",
      city: "Springfield",
      state: "Oregon",
      postal_code: "97403",
      country: "US",
      payment_terms: 30,
    }),
  "clients/contacts": async (world, [owner]) =>
    await world.need("POST", `/clients/${owner!.id}/contacts`, {
      name: "Ann",
      email: "ann@maple.example",
      phone: "+1 555 0101",
    }),
  services: async (world) =>
    await world.need("POST", "/services", {
      name: "Development",
      description: "By the hour",
      default_rate: 14_000,
      unit: "hour",
    }),
  projects: async (world) =>
    await world.need("POST", "/projects", {
      client_id: (await client(world, [])).id,
      name: "Website",
      hourly_rate: 15_000,
      budget_hours: 20,
      budget_amount: 300_000,
    }),
  "clients/projects": async (world, [owner]) =>
    await world.need("POST", `/clients/${owner!.id}/projects`, { name: "Website" }),
  "projects/members": async (world, [owner]) => {
    const { userId } = await world.colleague("member");
    const body = { user_id: userId, hourly_rate: 15_000 };
    await world.need("POST", `/projects/${owner!.id}/members`, body);
    return { id: userId };
  },
  "time-entries": async (world) =>
    await world.need("POST", "/time-entries", {
      client_id: (await client(world, [])).id,
      project_id: (await project(world, [])).id,
      service_id: (await service(world, [])).id,
      date: "2026-03-02",
      duration: 3600,
      notes: "Worked",
    }),
  tasks: async (world) =>
    await world.need("POST", "/tasks", {
      summary: "Follow up with client",
      notes: "They asked for a second draft.",
      project_id: (await project(world, [])).id,
      hourly_rate: 15_000,
    }),
  "tasks/notes": async (world) => await recipes["tasks"]!(world, []),
  "tasks/invoice-import-candidates": async (world) => {
    const task = await recipes["tasks"]!(world, []);
    await recipes["tasks/activities"]!(world, [task]);
    return task;
  },
  "tasks/activities": async (world, [task]) =>
    await world.need("POST", `/tasks/${task!.id}/activities`, { duration: 3600, notes: "Worked" }),
  schedule: async (world) =>
    await world.need("POST", "/schedule", {
      title: "Site visit",
      starts_at: "2026-03-02T14:00:00Z",
      ends_at: "2026-03-02T16:00:00Z",
      client_id: (await client(world, [])).id,
      project_id: (await project(world, [])).id,
    }),
  expenses: async (world) =>
    await world.need("POST", "/expenses", {
      category: "travel_transport",
      vendor: "City Rail",
      amount: 5_000,
      expense_date: "2026-03-02",
      client_id: (await client(world, [])).id,
      is_billable: true,
    }),
  quotes: async (world) =>
    await world.need("POST", "/quotes", {
      client_id: (await client(world, [])).id,
      line_items: [line],
    }),
  "quotes/line-items": async (world, [quote]) =>
    await world.need("POST", `/quotes/${quote!.id}/line-items`, line),
  invoices: async (world) =>
    await world.need("POST", "/invoices", {
      client_id: (await client(world, [])).id,
      line_items: [line],
    }),
  "invoices/line-items": newLine,
  "invoices/payments": async (world, [invoice]) => {
    const { status } = await world.need("GET", `/invoices/${invoice!.id}`);
    if (status === "draft") await world.need("POST", `/invoices/${invoice!.id}/mark-sent`);
    const body = { amount: 100, payment_date: "2026-03-02" };
    return await world.need("POST", `/invoices/${invoice!.id}/payments`, body);
  },
  "invoices/adjustments": async (world, [invoice]) =>
    await world.need("POST", `/invoices/${invoice!.id}/adjustments`, {
      description: "Courier",
      amount: 500,
    }),
  "invoices/artifacts": async (world, [invoice]) =>
    await world.need("POST", `/invoices/${invoice!.id}/artifacts`, formOf("artifact", smallPdf)),
  "invoices/dispatches": async (world, [invoice]) =>
    (await world.need("POST", `/invoices/${invoice!.id}/send`))["delivery"],
  payments: async (world) =>
    await world.need("POST", "/payments", {
      invoice_id: (await issuedInvoice(world, [])).id,
      amount: 100,
      payment_date: "2026-03-02",
    }),
  "recurring-invoices": async (world) =>
    await world.need("POST", "/recurring-invoices", {
      client_id: (await client(world, [])).id,
      title: "Retainer",
      frequency: "monthly",
      start_date: "2026-03-02",
      line_items: [line],
    }),
  "recurring-invoices/line-items": async (world, [series]) =>
    await world.need("POST", `/recurring-invoices/${series!.id}/line-items`, line),
  credits: async (world) =>
    await world.need("POST", "/credits", {
      ...credit,
      client_id: (await client(world, [])).id,
    }),
  "portal/invoices": async (world) => {
    const invoice = await issuedInvoice(world, []);
    return { ...invoice, id: invoice["uuid"] };
  },
  "portal/quotes": async (world) => {
    const quote = await sentQuote(world, []);
    return { ...quote, id: quote["uuid"] };
  },
  "settings/oauth-clients": async (world) =>
    await world.need("POST", "/settings/oauth-clients", {
      type: "confidential",
      name: "Ledger Lens",
      redirect_uris: ["https://app.sweep.test/done"],
      scopes: ["clients:read"],
    }),
  "settings/connected-apps": async (world) => {
    const { api, companyId, userId } = world;
    const { id: clientId } = await recipes["settings/oauth-clients"]!(world, []);
    const id = await api.sql.begin((tx) =>
      insertAppAccess(tx, {
        companyId,
        userId,
        clientId: Number(clientId),
        name: "Ledger Lens",
        scopes: ["clients:read"],
        audience: `${api.url}/api`,
        now: api.clock.now(),
        expiresAt: new Date("2099-01-01"),
      }),
    );
    return { id };
  },
  "settings/reminders": async (world) => {
    await deleteReminders(world);
    return await world.need("POST", "/settings/reminders", {
      reminder_number: 3,
      days_offset: 7,
      subject: "Invoice overdue",
      body: "Your invoice is overdue.",
    });
  },
  "settings/bank-accounts": async (world) =>
    await world.need("POST", "/settings/bank-accounts", { name: "Main", details: "BSB 123-456" }),
  rules: async (world) =>
    await world.need("POST", "/rules", {
      kind: "automation",
      name: "Mark large ones",
      // Disabled, so that it follows nothing while others are tried.
      is_enabled: false,
      event: "task.created",
      actions: [{ type: "alert", message: "Look at it" }],
    }),
  tags: async (world) => await world.need("POST", "/tags", { name: `Tag ${Math.random()}` }),
  categories: async (world) =>
    await world.need("POST", "/categories", { name: `Category ${Math.random()}` }),
  "tax-rates": async (world) =>
    await world.need("POST", "/tax-rates", { name: "GST", rate: 1_500 }),
  // The one that is set up, whether or not the company is connected to it.
  integrations: async () => ({ id: "slack" }),
  "integrations/slack/alerts": makeSlackAlert,
  nights: async ({ api, companyId }) => {
    const [night] = await api.sql<Made[]>`
      insert into billing_nights
        (company_id, business_date, status, held_reason, created_at, updated_at)
      select ${companyId}, coalesce(max(business_date), '2026-01-01') + 1, 'held',
        'it would bill too much', now(), now()
      from billing_nights where company_id = ${companyId}
      returning id
    `;
    return night!;
  },
  runs: async (world) => await world.need("POST", "/nights", { dry_run: true }),
  "attention-items": async ({ api, companyId }) => {
    const [item] = await api.sql<Made[]>`
      insert into attention_items (company_id, kind, key, title)
      values (${companyId}, 'series.parked', gen_random_uuid(), 'A series is parked')
      returning id
    `;
    return item!;
  },
};

/** A company has three at most. */
export async function deleteReminders(world: World): Promise<void> {
  for (const { id } of await world.need("GET", "/settings/reminders")) {
    await world.need("DELETE", `/settings/reminders/${id}`);
  }
}
