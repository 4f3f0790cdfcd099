import { z } from "zod";
import { findClient } from "../../../db/clients.ts";
import { listContacts } from "../../../db/contacts.ts";
import { NotFound } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { contactJson, presentContact } from "../contacts/schema.ts";
import { loadTags } from "../tags/tags-of-records.ts";
import { presentClient, taggedClientJson } from "./schema.ts";

/** More contacts than anybody keeps of one client; the rest is in its own list. */
const contactsMax = 100;

/** GET /clients/:id — includes the client's contacts. */
export const getClientRoute = defineRoute({
  method: "get",
  path: "/clients/:id",
  summary: "Get a client",
  description: "Includes the client's contacts.",
  tag: "Clients",
  access: { scope: "clients:read" },
  params: z.object({ id: idParam }),
  answers: {
    200: z.object({ data: taggedClientJson.extend({ contacts: z.array(contactJson) }) }),
  },

  async run(context, { params }) {
    const { sql, company } = context;
    const [client, contacts, tagsOf] = await Promise.all([
      findClient(sql, { companyId: company.id, id: params.id }),
      listContacts(
        sql,
        { companyId: company.id, clientId: params.id },
        { limit: contactsMax, offset: 0 },
      ),
      loadTags(sql, context, "client", [params.id]),
    ]);
    if (client === undefined) throw new NotFound("Client");
    return {
      status: 200,
      body: {
        data: {
          ...presentClient(client),
          ...tagsOf(client.id),
          contacts: contacts.map(presentContact),
        },
      },
      version: client,
    };
  },
});
