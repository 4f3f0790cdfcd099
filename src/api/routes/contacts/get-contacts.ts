import { z } from "zod";
import { findClient } from "../../../db/clients.ts";
import { countContacts, listContacts } from "../../../db/contacts.ts";
import { NotFound } from "../../../errors.ts";
import { listAnswer, listJson, pageOf, pageQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { contactJson, presentContact } from "./schema.ts";

/** GET /clients/:client_id/contacts — the primary one first. */
export const getContactsRoute = defineRoute({
  method: "get",
  path: "/clients/:client_id/contacts",
  summary: "List client contacts",
  tag: "Contacts",
  access: { scope: "clients:read" },
  params: z.object({ client_id: idParam }),
  query: z.strictObject(pageQuery),
  answers: { 200: listJson(contactJson, {}) },

  async run({ sql, company }, { params, query }) {
    const page = pageOf(query);
    const key = { companyId: company.id, clientId: params.client_id };
    const [client, contacts, total] = await Promise.all([
      findClient(sql, { companyId: company.id, id: params.client_id }),
      listContacts(sql, key, page),
      countContacts(sql, key),
    ]);
    if (client === undefined) throw new NotFound("Client");
    return listAnswer(contacts.map(presentContact), { ...page, total });
  },
});
