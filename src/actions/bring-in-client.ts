import {
  findClient,
  insertClient,
  lockClient,
  updateClient,
  type ClientFields,
} from "../db/clients.ts";
import { deleteContact, insertContact, listContacts, type ContactFields } from "../db/contacts.ts";
import type { Tx } from "../db/client.ts";
import type { Acting } from "./acting.ts";
import type { RecordWriter } from "./bring-in-records.ts";
import { requireRoom } from "./require-plan.ts";

/** More contacts than any client has. */
const CONTACTS_MAX = 1_000;

export type IncomingClient = Omit<ClientFields, "paymentTerms"> & {
  contacts: readonly ContactFields[];
};

/** Clients with their contacts. A plan's limit holds for imported ones, too. */
export const clientWriter: RecordWriter<IncomingClient> = {
  kind: "client",
  subjectType: "client",

  async insert(tx, by, { contacts, ...fields }) {
    await requireRoom(tx, by, "clients");
    const companyId = by.company.id;
    const { id } = await insertClient(tx, {
      ...fields,
      paymentTerms: null,
      companyId,
      now: by.now,
    });
    await insertContacts(tx, by, id, contacts);
    return { id };
  },

  async read(tx, { company }, id) {
    const key = { companyId: company.id, id };
    const client = await lockClient(tx, key);
    if (client === undefined) return undefined;
    const { id: _id, uuid: _uuid, createdAt: _created, updatedAt: _updated, ...fields } = client;
    const { paymentTerms: _terms, ...facts } = fields;
    const contacts = await listContacts(
      tx,
      { companyId: company.id, clientId: id },
      { limit: CONTACTS_MAX, offset: 0 },
    );
    return {
      ...facts,
      contacts: contacts.map(({ name, email, phone, isPrimary }) => ({
        name,
        email,
        phone,
        isPrimary,
      })),
    };
  },

  async overwrite(tx, by, id, { contacts, ...fields }) {
    const key = { companyId: by.company.id, id };
    const client = await findClient(tx, key);
    const paymentTerms = client?.paymentTerms ?? null;
    await updateClient(tx, { ...fields, paymentTerms, ...key, now: by.now });
    const owner = { companyId: by.company.id, clientId: id };
    for (const contact of await listContacts(tx, owner, { limit: CONTACTS_MAX, offset: 0 })) {
      await deleteContact(tx, { ...owner, id: contact.id });
    }
    await insertContacts(tx, by, id, contacts);
  },
};

async function insertContacts(
  tx: Tx,
  { company, now }: Acting,
  clientId: number,
  contacts: readonly ContactFields[],
): Promise<void> {
  for (const contact of contacts) {
    await insertContact(tx, { ...contact, companyId: company.id, clientId, now });
  }
}
