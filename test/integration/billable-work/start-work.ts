import { expect } from "vitest";
import { hashToken, createToken } from "../../../src/platform/tokens.ts";
import { insertApiToken } from "../../../src/db/api-tokens.ts";
import { insertMember, type Role } from "../../../src/db/company-members.ts";
import { startInvoicing, type Invoicing } from "../invoices/start-invoicing.ts";

/** Answers of all routes; tests look into them freely. */
// oxlint-disable-next-line typescript/no-explicit-any -- see above
type Data = any;

export interface Working extends Invoicing {
  serviceId: number;
  /** A project of the client. Returns `data`. */
  project: (fields?: Record<string, unknown>) => Promise<Data>;
  /** An hour of work at 120.00 on a project of the client, unless told otherwise. Returns `data`. */
  worked: (fields?: Record<string, unknown>) => Promise<Data>;
  /** Somebody else who belongs to the company. */
  colleague: (role: Role) => Promise<{ token: string; userId: number }>;
  /** A token of the owner's with these scopes only. */
  tokenWith: (scopes: string[]) => Promise<string>;
}

/** A company with a client and a service, ready to log time. */
export async function startWork(company: Record<string, unknown> = {}): Promise<Working> {
  const invoicing = await startInvoicing(company);
  const { expectCall, sql, companyId, userId, clientId, clock } = invoicing;
  const service = await expectCall(201, "POST", "/services", { name: "Development" });
  const project: Working["project"] = async (fields = {}) =>
    await expectCall(201, "POST", "/projects", { client_id: clientId, name: "Website", ...fields });
  return {
    ...invoicing,
    serviceId: service.id,
    project,
    worked: async (fields = {}) =>
      await expectCall(201, "POST", "/time-entries", {
        ...(fields["project_id"] === undefined ? { project_id: (await project()).id } : {}),
        service_id: service.id,
        date: "2026-03-02",
        duration: 3600,
        hourly_rate: 12_000,
        ...fields,
      }),
    async colleague(role) {
      const person = await invoicing.signUp({ company: null });
      await sql.begin((tx) => insertMember(tx, { companyId, userId: person.userId, role }));
      await expectSwitch(invoicing, person.token);
      return { token: person.token, userId: person.userId };
    },
    async tokenWith(scopes) {
      const token = createToken("nl");
      await sql.begin(async (tx) => {
        await insertApiToken(tx, {
          userId,
          companyId,
          name: "T",
          prefix: token.slice(0, 9),
          tokenHash: hashToken(token),
          scopes,
          expiresAt: null,
          now: clock.now(),
        });
      });
      return token;
    },
  };
}

async function expectSwitch({ ask, companyId }: Invoicing, token: string): Promise<void> {
  const reply = await ask("POST", `/api/v1/companies/${companyId}/switch`, { token });
  if (reply.status !== 200) throw new Error(`switch: ${reply.status} ${reply.text}`);
}

/** What was imported onto an invoice is unbilled again once that is voided or deleted. Ends with `all` unbilled. */
export async function expectFreedWithInvoice(
  expectCall: Working["expectCall"],
  {
    imported,
    unbilled,
    all,
  }: {
    /** Imports all of it onto a new draft. */
    imported: () => Promise<{ path: string }>;
    unbilled: () => Promise<unknown>;
    all: unknown;
  },
): Promise<void> {
  const voided = await imported();
  expect(await unbilled()).toEqual([]);
  await expectCall(200, "POST", `${voided.path}/void`);
  expect(await unbilled()).toEqual(all);
  // What is billed again stays so when the old invoice goes for good.
  const second = await imported();
  await expectCall(204, "DELETE", voided.path);
  expect(await unbilled()).toEqual([]);
  await expectCall(204, "DELETE", second.path);
  expect(await unbilled()).toEqual(all);
}
