import { z } from "zod";
import { lockClient, updateClient } from "../../../db/clients.ts";
import { recordEvent } from "../../../db/events.ts";
import { NotFound } from "../../../errors.ts";
import { withChanges } from "../../changes.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { loadTags, writeTags } from "../tags/tags-of-records.ts";
import { clientBody, clientFields, presentClient, taggedClientJson } from "./schema.ts";

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
  answers: { 200: z.object({ data: taggedClientJson }) },

  async run(context, { params, body }) {
    const { tx, company, user, now } = context;
    const key = { companyId: company.id, id: params.id };
    const before = await lockClient(tx, key);
    if (before === undefined) throw new NotFound("Client");
    const fields = withChanges(before, clientFields(body));
    const client = await updateClient(tx, { ...fields, ...key, now });
    await writeTags(context, { kind: "client", id: client.id }, body.tags);
    await recordEvent(tx, {
      companyId: company.id,
      type: "client.updated",
      subjectType: "client",
      subjectId: client.id,
      payload: { fields: Object.keys(body) },
      causerId: user.id,
      occurredAt: now,
    });
    const tagsOf = await loadTags(tx, context, "client", [client.id]);
    const data = { ...presentClient(client), ...tagsOf(client.id) };
    return { status: 200, body: { data }, version: client };
  },
});
