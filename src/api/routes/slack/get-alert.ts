import { z } from "zod";
import { countOwedByRoute } from "../../../db/slack-alerts.ts";
import { getSlackRoute } from "../../../db/slack-routes.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { alertJson, answerAlert } from "./schema.ts";

/** GET /integrations/slack/alerts/:id */
export const getSlackAlertRoute = defineRoute({
  method: "get",
  path: "/integrations/slack/alerts/:id",
  summary: "Get a Slack alert",
  tag: "Slack",
  access: { scope: "integrations:read" },
  params: z.object({ id: idParam }),
  answers: { 200: z.object({ data: alertJson }) },

  async run({ sql, company }, { params }) {
    const route = await getSlackRoute(sql, { companyId: company.id, id: params.id });
    const owed = await countOwedByRoute(sql, company.id);
    return answerAlert(route, owed.get(route.id) ?? 0);
  },
});
