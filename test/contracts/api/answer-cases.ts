import type { Reply } from "../../integration/api/start-api.ts";
import type { DocumentedAnswer, DocumentedOperation } from "./contract-document.ts";
import { issuedInvoice, recipes } from "./record-recipes.ts";
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

/** Of everybody who signs up in tests. */
export const password = "correct horse battery";

/** How each documented answer beside the ordinary one is brought about. */
export const answerCases: Readonly<Record<string, (world: World) => Promise<Reply>>> = {
  "POST /auth/login 401": async (world) =>
    await world.call("POST", "/auth/login", { email: world.email, password: `not ${password}` }),
  "POST /companies 403": async ({ api }) => {
    const person = await api.signUp();
    await api.sql`update companies set plan = 'free' where id = ${person.companyId}`;
    return await api.ask("POST", "/api/v1/companies", { token: person.token, body: { name: "B" } });
  },
  "DELETE /companies/{} 403": async (world) => {
    const { token } = await world.colleague("admin");
    return await world.call("DELETE", `/companies/${world.companyId}`, undefined, { token });
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
  "POST /portal/invoices/{}/checkout 422": async (world) => {
    const { id, uuid } = await issuedInvoice(world, []);
    await world.need("POST", `/invoices/${id}/mark-paid`);
    return await world.call("POST", `/portal/invoices/${uuid}/checkout`);
  },
  "GET /activity-log 422 Invalid subject type": async (world) =>
    await world.call("GET", "/activity-log?subject_type=nothing&subject_id=1"),
};
