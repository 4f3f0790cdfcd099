import { z } from "zod";
import { lockClient, markClientsDeleted } from "../../../db/clients.ts";
import { recordEvent } from "../../../db/events.ts";
import { NotFound } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

/** DELETE /clients/:id — its invoices stay; its series park at their next night (BILLING.md 3.1). */
export const deleteClientRoute = defineRoute({
  method: "delete",
  path: "/clients/:id",
  summary: "Delete a client",
  tag: "Clients",
  access: { scope: "clients:write" },
  params: z.object({ id: idParam }),
  answers: { 204: null },

  async run({ tx, company, user, now }, { params }) {
    const client = await lockClient(tx, { companyId: company.id, id: params.id });
    if (client === undefined) throw new NotFound("Client");
    await markClientsDeleted(tx, { companyId: company.id, ids: [client.id], now });
    await recordEvent(tx, {
      companyId: company.id,
      type: "client.deleted",
      subjectType: "client",
      subjectId: client.id,
      causerId: user.id,
      occurredAt: now,
    });
    return { status: 204 };
  },
});
