import { z } from "zod";
import { lockClient } from "../../../db/clients.ts";
import { clearPrimaryContact, findContact, updateContact } from "../../../db/contacts.ts";
import { recordEvent } from "../../../db/events.ts";
import { NotFound } from "../../../errors.ts";
import { withChanges } from "../../changes.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { contactBody, contactJson, presentContact } from "./schema.ts";

/** PUT and PATCH /clients/:client_id/contacts/:id — what is left out stays as it is. */
export const putContactRoute = defineRoute({
  method: "put",
  alsoPatch: true,
  putRequires: ["name"],
  path: "/clients/:client_id/contacts/:id",
  summary: "Update a client contact",
  description: "Keys left out stay as they are; null clears.",
  tag: "Contacts",
  access: { scope: "clients:write" },
  params: z.object({ client_id: idParam, id: idParam }),
  body: contactBody,
  answers: { 200: z.object({ data: contactJson }) },

  async run({ tx, company, user, now }, { params, body }) {
    // The client's lock orders all changes of its contacts, so that two never become primary at once.
    const client = await lockClient(tx, { companyId: company.id, id: params.client_id });
    if (client === undefined) throw new NotFound("Client");
    const key = { companyId: company.id, clientId: client.id, id: params.id };
    const before = await findContact(tx, key);
    if (before === undefined) throw new NotFound("Contact");
    const wanted = withChanges(before, {
      name: body.name,
      email: body.email,
      phone: body.phone,
      isPrimary: body.is_primary,
    });
    if (wanted.isPrimary && !before.isPrimary) await clearPrimaryContact(tx, { ...key, now });
    const contact = await updateContact(tx, { ...wanted, ...key, now });
    await recordEvent(tx, {
      companyId: company.id,
      type: "client.contact_updated",
      subjectType: "client",
      subjectId: client.id,
      payload: { contact_id: contact.id },
      causerId: user.id,
      occurredAt: now,
    });
    return { status: 200, body: { data: presentContact(contact) }, version: contact };
  },
});
