import { z } from "zod";
import { requireRoom } from "../../../actions/require-plan.ts";
import { insertClient, type ClientFields } from "../../../db/clients.ts";
import { recordEvent } from "../../../db/events.ts";
import { withChanges } from "../../changes.ts";
import { defineRoute } from "../../define-route.ts";
import { requiredText } from "../../inputs.ts";
import { loadTags, writeTags } from "../tags/tags-of-records.ts";
import { clientBody, clientFields, presentClient, taggedClientJson } from "./schema.ts";

/** POST /clients — in the company's currency unless another is given. */
export const postClientRoute = defineRoute({
  method: "post",
  path: "/clients",
  summary: "Create a client",
  tag: "Clients",
  access: { scope: "clients:write" },
  body: clientBody.extend({ name: requiredText(255) }),
  answers: { 201: z.object({ data: taggedClientJson }) },

  async run(context, { body }) {
    const { tx, company, user, now } = context;
    const blank = {
      name: body.name,
      email: null,
      phone: null,
      addressLine1: null,
      addressLine2: null,
      city: null,
      state: null,
      postalCode: null,
      country: null,
      currency: company.currency,
      paymentTerms: null,
      allowLateFees: true,
      notes: null,
      isArchived: false,
    };
    await requireRoom(tx, { company, now }, "clients");
    const client = await insertClient(tx, {
      ...withChanges<ClientFields>(blank, clientFields(body)),
      companyId: company.id,
      now,
    });
    await writeTags(context, { kind: "client", id: client.id }, body.tags);
    await recordEvent(tx, {
      companyId: company.id,
      type: "client.created",
      subjectType: "client",
      subjectId: client.id,
      causerId: user.id,
      occurredAt: now,
    });
    const tagsOf = await loadTags(tx, context, "client", [client.id]);
    return {
      status: 201,
      body: { data: { ...presentClient(client), ...tagsOf(client.id) } },
      headers: { Location: `/api/v1/clients/${client.id}` },
      version: client,
    };
  },
});
