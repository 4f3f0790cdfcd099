import { z } from "zod";
import { moveClient } from "../../../actions/move-client.ts";
import { getClient } from "../../../db/clients.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { moveBody, openMove } from "../companies/open-move.ts";
import { clientJson, presentClient } from "./schema.ts";

/** POST /clients/:id/move — with all that was ever done for the client. */
export const postClientMoveRoute = defineRoute({
  method: "post",
  path: "/clients/:id/move",
  summary: "Move a client to another company",
  description:
    "Moves the client with its contacts, invoices, quotes, recurring invoices, projects, time entries, " +
    "expenses, credits and statements, in one transaction. Ids stay; an invoice or quote number that is " +
    "taken there becomes the next one. You need to be at least a member of both companies.",
  tag: "Clients",
  access: { scope: "clients:write", sessionOnly: true },
  params: z.object({ id: idParam }),
  body: moveBody,
  answers: { 200: z.object({ data: clientJson }) },

  async run(context, { params, body }) {
    const sides = await openMove(context, {
      targetId: body.target_company_id,
      what: "Client",
      find: async (companyId) => await getClient(context.tx, { companyId, id: params.id }),
    });
    const client = await moveClient(context.tx, sides, { clientId: params.id });
    return { status: 200, body: { data: presentClient(client) }, version: client };
  },
});
