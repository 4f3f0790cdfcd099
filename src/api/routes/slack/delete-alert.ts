import { z } from "zod";
import { deleteAlertRoute } from "../../../actions/change-alert-routes.ts";
import { lockSlackRoutes } from "../../../db/slack-routes.ts";
import { NotFound } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

/** DELETE /integrations/slack/alerts/:id — with what it was still to tell. */
export const deleteSlackAlertRoute = defineRoute({
  method: "delete",
  path: "/integrations/slack/alerts/:id",
  summary: "Delete a Slack alert",
  tag: "Slack",
  access: { scope: "integrations:write", minimumRole: "admin" },
  params: z.object({ id: idParam }),
  answers: { 204: null },

  async run({ tx, company, user, now }, { params }) {
    const routes = await lockSlackRoutes(tx, company.id);
    const stored = routes.find(({ id }) => id === params.id);
    if (stored === undefined) throw new NotFound("Alert");
    await deleteAlertRoute(tx, { company, causerId: user.id, now }, stored);
    return { status: 204 };
  },
});
