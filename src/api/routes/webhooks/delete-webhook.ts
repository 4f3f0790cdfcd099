import { z } from "zod";
import { deleteWebhook, getLockedWebhook } from "../../../actions/change-webhooks.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

/** DELETE /webhooks/:id — it is told nothing more, nor what is still to be sent. */
export const deleteWebhookRoute = defineRoute({
  method: "delete",
  path: "/webhooks/:id",
  summary: "Delete a webhook",
  tag: "Webhooks",
  access: { scope: "webhooks:write", minimumRole: "admin" },
  params: z.object({ id: idParam }),
  answers: { 204: null },

  async run({ tx, company, user, now }, { params }) {
    const stored = await getLockedWebhook(tx, { companyId: company.id, id: params.id });
    await deleteWebhook(tx, { company, causerId: user.id, now }, stored);
    return { status: 204 };
  },
});
