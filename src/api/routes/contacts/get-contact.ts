import { z } from "zod";
import { findClient } from "../../../db/clients.ts";
import { findContact } from "../../../db/contacts.ts";
import { NotFound } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { contactJson, presentContact } from "./schema.ts";

/** GET /clients/:client_id/contacts/:id */
export const getContactRoute = defineRoute({
  method: "get",
  path: "/clients/:client_id/contacts/:id",
  summary: "Get a client contact",
  tag: "Contacts",
  access: { scope: "clients:read" },
  params: z.object({ client_id: idParam, id: idParam }),
  answers: { 200: z.object({ data: contactJson }) },

  async run({ sql, company }, { params }) {
    const [client, contact] = await Promise.all([
      findClient(sql, { companyId: company.id, id: params.client_id }),
      findContact(sql, { companyId: company.id, clientId: params.client_id, id: params.id }),
    ]);
    if (client === undefined) throw new NotFound("Client");
    if (contact === undefined) throw new NotFound("Contact");
    return { status: 200, body: { data: presentContact(contact) }, version: contact };
  },
});
