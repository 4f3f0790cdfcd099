import { insertMember } from "../../../src/db/company-members.ts";
import type { Reply } from "../../integration/api/start-api.ts";
import type { DocumentedAnswer, DocumentedOperation } from "./contract-document.ts";
import { backFromFreshBooks, connectFreshBooks } from "./freshbooks-recipes.ts";
import { password } from "./arrange.ts";
import { issuedInvoice, recipes } from "./record-recipes.ts";
import { backFromStripe, connectStripe, failNextPage } from "./stripe-recipes.ts";
import type { World } from "./world.ts";

/** "POST /auth/login 401": names a documented answer beside the ordinary one. */
export function caseName(
  { name }: DocumentedOperation,
  { status, note }: DocumentedAnswer,
): string {
  return `${name} ${status}${note === null ? "" : ` ${note}`}`;
}

/** The documented answers of an operation that are not its ordinary success. */
export function furtherAnswers({ answers }: DocumentedOperation): DocumentedAnswer[] {
  const seen = new Set<number>();
  return answers.filter(({ status, json, note }, index) => {
    // The document repeats some statuses without a sample, and labels a 201 both ways.
    const isRepeated = seen.has(status) && json === null;
    seen.add(status);
    const isLabel = JSON.stringify(json) === "{}";
    return index > 0 && !isRepeated && !isLabel && (note !== null || status >= 300);
  });
}

/** The token of an invitation of the world's owner to another company, in the state that is asked for. */
async function invitation(
  world: World,
  state: "expired" | "accepted" | "of a member",
): Promise<string> {
  const { id: token, invitationId, companyId } = await recipes["invitations"]!(world, []);
  const { sql } = world.api;
  if (state === "expired") {
    await sql`update invitations set expires_at = '2026-01-01' where id = ${invitationId}`;
  } else if (state === "accepted") {
    await world.need("POST", `/invitations/${token}/accept`);
  } else {
    const member = { companyId: Number(companyId), userId: world.userId };
    await sql.begin((tx) => insertMember(tx, { ...member, role: "viewer" }));
  }
  return String(token);
}

/** How each documented answer beside the ordinary one is brought about. */
export const answerCases: Readonly<Record<string, (world: World) => Promise<Reply>>> = {
  "POST /auth/login 401": async (world) =>
    await world.call("POST", "/auth/login", { email: world.email, password: `not ${password}` }),
  "POST /auth/reset-password 422": async (world) => {
    const body = { token: "nlr_none", email: world.email, password };
    return await world.call("POST", "/auth/reset-password", body);
  },
  "POST /companies/{}/members/invite 422": async (world) => {
    const body = { email: world.email, role: "member" };
    return await world.call("POST", `/companies/${world.companyId}/members/invite`, body);
  },
  "POST /companies/{}/members/invitations/{}/resend 422": async (world) => {
    const { companyId } = world;
    const company = { id: companyId };
    const { id } = await recipes["companies/members/invitations"]!(world, [company]);
    await world.api.sql`
      update invitations set accepted_at = now(), accepted_by = ${world.userId} where id = ${id}
    `;
    return await world.call("POST", `/companies/${companyId}/members/invitations/${id}/resend`);
  },
  "PUT /companies/{}/members/{} 403": async (world) => {
    const address = `/companies/${world.companyId}/members/${world.userId}`;
    return await world.call("PUT", address, { role: "member" });
  },
  "DELETE /companies/{}/members/{} 403": async (world) =>
    await world.call("DELETE", `/companies/${world.companyId}/members/${world.userId}`),
  "DELETE /companies/{}/members/{} 422": async (world) => {
    const { token, userId } = await world.colleague("admin");
    const address = `/companies/${world.companyId}/members/${userId}`;
    return await world.call("DELETE", address, undefined, { token });
  },
  "GET /invitations/{}/details 410": async (world) => {
    const token = await invitation(world, "expired");
    return await world.call("GET", `/invitations/${token}/details`);
  },
  "GET /invitations/{}/details 422": async (world) => {
    const token = await invitation(world, "accepted");
    return await world.call("GET", `/invitations/${token}/details`);
  },
  "POST /invitations/{}/accept 200 Already a member": async (world) => {
    const token = await invitation(world, "of a member");
    return await world.call("POST", `/invitations/${token}/accept`);
  },
  "POST /invitations/{}/accept 410": async (world) => {
    const token = await invitation(world, "expired");
    return await world.call("POST", `/invitations/${token}/accept`);
  },
  "POST /invitations/{}/accept 422": async (world) => {
    const token = await invitation(world, "accepted");
    return await world.call("POST", `/invitations/${token}/accept`);
  },
  "POST /companies 403": async ({ api }) => {
    const person = await api.signUp();
    await api.sql`update companies set plan = 'free' where id = ${person.companyId}`;
    return await api.ask("POST", "/api/v1/companies", { token: person.token, body: { name: "B" } });
  },
  "DELETE /companies/{} 403": async (world) => {
    const { token } = await world.colleague("admin");
    return await world.call("DELETE", `/companies/${world.companyId}`, undefined, { token });
  },
  "POST /clients/{}/move 422": async (world) => {
    const { id } = await world.need("POST", "/clients", { name: "Pine & Sons" });
    const body = { target_company_id: world.companyId };
    return await world.call("POST", `/clients/${id}/move`, body);
  },
  "POST /clients/{}/statement/send 422": async (world) => {
    const { id } = await world.need("POST", "/clients", { name: "Nobody" });
    const body = { from: "2026-01-01", to: "2026-12-31" };
    return await world.call("POST", `/clients/${id}/statement/send`, body);
  },
  "POST /api-tokens 403": async ({ api }) => {
    const { token, companyId } = await api.signUp();
    await api.sql`update companies set plan = 'free' where id = ${companyId}`;
    return await api.ask("POST", "/api/v1/api-tokens", { token, body: { name: "CI" } });
  },
  "POST /portal/quotes/{}/accept 422": async (world) => {
    const { id } = await recipes["portal/quotes"]!(world, []);
    await world.need("POST", `/portal/quotes/${id}/decline`);
    return await world.call("POST", `/portal/quotes/${id}/accept`);
  },
  "POST /portal/quotes/{}/decline 422": async (world) => {
    const { id } = await recipes["portal/quotes"]!(world, []);
    await world.need("POST", `/portal/quotes/${id}/accept`);
    return await world.call("POST", `/portal/quotes/${id}/decline`);
  },
  "POST /portal/invoices/{}/checkout 200 Bank transfer": async (world) => {
    await recipes["settings/bank-accounts"]!(world, []);
    const { uuid } = await issuedInvoice(world, []);
    return await world.call("POST", `/portal/invoices/${uuid}/checkout`);
  },
  "POST /portal/invoices/{}/checkout 502": async (world) => {
    await connectStripe(world);
    const { uuid } = await issuedInvoice(world, []);
    await failNextPage(world);
    return await world.call("POST", `/portal/invoices/${uuid}/checkout`);
  },
  "POST /portal/invoices/{}/checkout 422": async (world) => {
    const { id, uuid } = await issuedInvoice(world, []);
    await world.need("POST", `/invoices/${id}/mark-paid`);
    return await world.call("POST", `/portal/invoices/${uuid}/checkout`);
  },
  "GET /settings/freshbooks/callback 400": async (world) =>
    await world.call("GET", "/settings/freshbooks/callback?code=authcode123"),
  "GET /settings/freshbooks/callback 502": async (world) => {
    const { path, cookie } = await backFromFreshBooks(world);
    const other = path.replace(/code=[^&]*/, "code=another");
    return await world.api.ask("GET", other, { headers: { cookie } });
  },
  "GET /settings/freshbooks/connect 401": async ({ api, companyId }) =>
    await api.ask("GET", `/api/v1/settings/freshbooks/connect?company_id=${companyId}`),
  "GET /settings/freshbooks/preview 422": async (world) =>
    await asNewcomer(world, "GET", "/settings/freshbooks/preview"),
  "POST /settings/freshbooks/import 409": async (world) => {
    await connectFreshBooks(world);
    await world.need("POST", "/settings/freshbooks/import", {});
    return await world.call("POST", "/settings/freshbooks/import", {});
  },
  "POST /settings/freshbooks/import 422": async (world) =>
    await asNewcomer(world, "POST", "/settings/freshbooks/import"),
  "GET /settings/freshbooks/status 200 No import record": async (world) =>
    await asNewcomer(world, "GET", "/settings/freshbooks/status"),
  "POST /settings/freshbooks/reset 422": async (world) =>
    await asNewcomer(world, "POST", "/settings/freshbooks/reset"),
  "GET /settings/stripe/callback 400": async (world) =>
    await world.call("GET", "/settings/stripe/callback?code=ac_1"),
  "GET /settings/stripe/callback 502": async (world) => {
    const { path, cookie } = await backFromStripe(world);
    const other = path.replace(/code=[^&]*/, "code=ac_another");
    return await world.api.ask("GET", other, { headers: { cookie } });
  },
  "GET /settings/stripe/connect 401": async ({ api, companyId }) =>
    await api.ask("GET", `/api/v1/settings/stripe/connect?company_id=${companyId}`),
  "GET /settings/stripe/status 200 Not connected": async ({ api }) => {
    const { token } = await api.signUp();
    return await api.ask("GET", "/api/v1/settings/stripe/status", { token });
  },
  "GET /billing/invoices 200 No Stripe customer": async ({ api }) => {
    const { token } = await api.signUp();
    return await api.ask("GET", "/api/v1/billing/invoices", { token });
  },
  "POST /billing/portal 200 No Stripe customer": async ({ api }) => {
    const { token } = await api.signUp();
    return await api.ask("POST", "/api/v1/billing/portal", { token });
  },
  "POST /billing/checkout 422": async (world) =>
    await world.call("POST", "/billing/checkout", { plan: "free", price_id: "price_abc123" }),
  "GET /activity-log 422 Invalid subject type": async (world) =>
    await world.call("GET", "/activity-log?subject_type=nothing&subject_id=1"),
};

/** Somebody whose company has nothing yet. */
async function asNewcomer({ api }: World, method: string, path: string): Promise<Reply> {
  const { token } = await api.signUp();
  return await api.ask(method, `/api/v1${path}`, {
    token,
    ...(method === "POST" && { body: {} }),
  });
}
