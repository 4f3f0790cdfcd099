import { z } from "zod";
import { lockClient, updateClient } from "../../../db/clients.ts";
import { recordEvent } from "../../../db/events.ts";
import { NotFound } from "../../../errors.ts";
import { withChanges } from "../../changes.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { clientBody, clientFields, clientJson, presentClient } from "./schema.ts";

/** PUT and PATCH /clients/:id — what is left out stays as it is. */
export const putClientRoute = defineRoute({
  method: "put",
  alsoPatch: true,
  path: "/clients/:id",
  summary: "Update a client",
  description: "Keys left out stay as they are; null clears.",
  tag: "Clients",
  access: { scope: "clients:write" },
  params: z.object({ id: idParam }),
  body: clientBody,
  answers: { 200: z.object({ data: clientJson }) },

  async run({ tx, company, user, now, checkIfMatch }, { params, body }) {
    const key = { companyId: company.id, id: params.id };
    const before = await lockClient(tx, key);
    if (before === undefined) throw new NotFound("Client");
    checkIfMatch(before);
    const fields = withChanges(before, clientFields(body));
    const client = await updateClient(tx, { ...fields, ...key, now });
    await recordEvent(tx, {
      companyId: company.id,
      type: "client.updated",
      subjectType: "client",
      subjectId: client.id,
      payload: { fields: Object.keys(body) },
      causerId: user.id,
      occurredAt: now,
    });
    return { status: 200, body: { data: presentClient(client) }, version: client };
  },
});
