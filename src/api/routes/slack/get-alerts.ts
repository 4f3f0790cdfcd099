import { countOwedByRoute } from "../../../db/slack-alerts.ts";
import { listSlackRoutes } from "../../../db/slack-routes.ts";
import { listJson, wholeListAnswer, wholeListQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { alertJson, presentAlert } from "./schema.ts";

/** GET /integrations/slack/alerts — which events are told in which channels. */
export const getSlackAlertsRoute = defineRoute({
  method: "get",
  path: "/integrations/slack/alerts",
  summary: "List Slack alerts",
  tag: "Slack",
  access: { scope: "integrations:read" },
  query: wholeListQuery,
  answers: { 200: listJson(alertJson, {}) },

  async run({ sql, company }, { query }) {
    const [routes, owed] = await Promise.all([
      listSlackRoutes(sql, company.id),
      countOwedByRoute(sql, company.id),
    ]);
    const alerts = routes.map((route) => presentAlert(route, owed.get(route.id) ?? 0));
    return wholeListAnswer(alerts, query);
  },
});
