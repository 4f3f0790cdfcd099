import { expect } from "vitest";
import { startApi, type ApiSetup, type Ask, type Person, type Reply } from "../api/start-api.ts";

/** Answers of all routes; tests look into them freely. */
// oxlint-disable-next-line typescript/no-explicit-any -- see above
type Data = any;

export interface Invoicing extends ApiSetup, Person {
  clientId: number;
  /** One call of the API as the company's owner; the path is without /api/v1. */
  call: (method: string, path: string, body?: unknown, options?: Ask) => Promise<Reply>;
  /** A call that must answer with this status; returns `data`. */
  expectCall: (status: number, method: string, path: string, body?: unknown) => Promise<Data>;
  /** A call that must be refused with a 422 naming this field; returns what is said of it. */
  expectInvalid: (field: string, method: string, path: string, body?: unknown) => Promise<string>;
  /** A draft; of one line over 100.00 unless told otherwise. Returns `data`. */
  draft: (fields?: Record<string, unknown>) => Promise<Data>;
  /** The same, marked as sent. */
  issued: (fields?: Record<string, unknown>) => Promise<Data>;
  /** The types of the events about an invoice, oldest first. */
  eventsOf: (invoiceId: number) => Promise<string[]>;
}

/** The API with a company, its owner and a client that has an email address. */
export async function startInvoicing(company: Record<string, unknown> = {}): Promise<Invoicing> {
  return await joinInvoicing(await startApi(), company);
}

/** A further company, with its own owner and client, on an API that is running. */
export async function joinInvoicing(
  api: ApiSetup,
  company: Record<string, unknown> = {},
): Promise<Invoicing> {
  const person = await api.signUp({ company });
  const call: Invoicing["call"] = async (method, path, body, options = {}) =>
    await api.ask(method, `/api/v1${path}`, { token: person.token, body, ...options });
  const expectCall: Invoicing["expectCall"] = async (status, method, path, body) => {
    const reply = await call(method, path, body);
    if (reply.status === 500) throw new Error(`${method} ${path}: ${api.logLines.join("")}`);
    expect({ status: reply.status, text: reply.text }).toMatchObject({ status });
    return reply.body?.data;
  };
  const client = await expectCall(201, "POST", "/clients", {
    name: "Maple Street Bakery",
    email: "books@maple.example",
  });
  const draft: Invoicing["draft"] = async (fields = {}) =>
    await expectCall(201, "POST", "/invoices", {
      client_id: client.id,
      line_items: [line("Consulting", 1, 10_000)],
      ...fields,
    });
  return {
    ...api,
    ...person,
    clientId: client.id,
    call,
    expectCall,
    expectInvalid: async (field, method, path, body) => {
      const reply = await call(method, path, body);
      expect({ status: reply.status, fields: Object.keys(reply.body.errors) }).toEqual({
        status: 422,
        fields: [field],
      });
      return reply.body.errors[field].join(" ");
    },
    draft,
    issued: async (fields) => {
      const { id } = await draft(fields);
      return await expectCall(200, "POST", `/invoices/${id}/mark-sent`);
    },
    eventsOf: async (invoiceId) => {
      const rows = await api.sql<{ type: string }[]>`
        select type from events
        where company_id = ${person.companyId} and subject_type = 'invoice'
          and subject_id = ${invoiceId}
        order by id
      `;
      return rows.map((row) => row.type);
    },
  };
}

/** A line of a request. Prices in minor units. */
export function line(
  description: string,
  quantity: number | string,
  unitPrice: number | string,
  more: Record<string, unknown> = {},
): Record<string, unknown> {
  return { description, quantity, unit_price: unitPrice, ...more };
}
