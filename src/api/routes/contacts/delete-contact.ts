import { z } from "zod";
import { lockClient } from "../../../db/clients.ts";
import { deleteContact, findContact } from "../../../db/contacts.ts";
import { recordEvent } from "../../../db/events.ts";
import { NotFound } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

/** DELETE /clients/:client_id/contacts/:id */
export const deleteContactRoute = defineRoute({
  method: "delete",
  path: "/clients/:client_id/contacts/:id",
  summary: "Delete a client contact",
  tag: "Contacts",
  access: { scope: "clients:write" },
  params: z.object({ client_id: idParam, id: idParam }),
  answers: { 204: null },

  async run({ tx, company, user, now }, { params }) {
    const client = await lockClient(tx, { companyId: company.id, id: params.client_id });
    if (client === undefined) throw new NotFound("Client");
    const key = { companyId: company.id, clientId: client.id, id: params.id };
    const contact = await findContact(tx, key);
    if (contact === undefined) throw new NotFound("Contact");
    await deleteContact(tx, key);
    await recordEvent(tx, {
      companyId: company.id,
      type: "client.contact_deleted",
      subjectType: "client",
      subjectId: client.id,
      payload: { contact_id: contact.id },
      causerId: user.id,
      occurredAt: now,
    });
    return { status: 204 };
  },
});
