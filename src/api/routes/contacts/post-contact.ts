import { z } from "zod";
import { lockClient } from "../../../db/clients.ts";
import { clearPrimaryContact, insertContact } from "../../../db/contacts.ts";
import { recordEvent } from "../../../db/events.ts";
import { NotFound } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam, requiredText } from "../../inputs.ts";
import { contactBody, contactJson, presentContact } from "./schema.ts";

/** POST /clients/:client_id/contacts — a new primary one takes the place of the old. */
export const postContactRoute = defineRoute({
  method: "post",
  path: "/clients/:client_id/contacts",
  summary: "Create a client contact",
  description: "A client has at most one primary contact: a new one takes the place of the old.",
  tag: "Contacts",
  access: { scope: "clients:write" },
  params: z.object({ client_id: idParam }),
  body: contactBody.extend({ name: requiredText(255) }),
  answers: { 201: z.object({ data: contactJson }) },

  async run({ tx, company, user, now }, { params, body }) {
    const client = await lockClient(tx, { companyId: company.id, id: params.client_id });
    if (client === undefined) throw new NotFound("Client");
    const key = { companyId: company.id, clientId: client.id };
    const isPrimary = body.is_primary ?? false;
    if (isPrimary) await clearPrimaryContact(tx, { ...key, now });
    const contact = await insertContact(tx, {
      ...key,
      name: body.name,
      email: body.email ?? null,
      phone: body.phone ?? null,
      isPrimary,
      now,
    });
    await recordEvent(tx, {
      companyId: company.id,
      type: "client.contact_created",
      subjectType: "client",
      subjectId: client.id,
      payload: { contact_id: contact.id },
      causerId: user.id,
      occurredAt: now,
    });
    return {
      status: 201,
      body: { data: presentContact(contact) },
      headers: { Location: `/api/v1/clients/${client.id}/contacts/${contact.id}` },
      version: contact,
    };
  },
});
