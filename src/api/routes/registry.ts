import type { Route } from "../define-route.ts";
import { accountRoutes } from "./registry-account.ts";
import { appRoutes } from "./registry-apps.ts";
import { billingRoutes } from "./registry-billing.ts";
import { customerRoutes } from "./registry-customers.ts";
import { expenseRoutes } from "./registry-expenses.ts";
import { exportRoutes } from "./registry-exports.ts";
import { integrationRoutes } from "./registry-integrations.ts";
import { operationRoutes } from "./registry-operations.ts";
import { peopleRoutes } from "./registry-people.ts";
import { reportRoutes } from "./registry-reports.ts";
import { ruleRoutes } from "./registry-rules.ts";
import { runRoutes } from "./registry-runs.ts";
import { taskRoutes } from "./registry-tasks.ts";
import { webhookRoutes } from "./registry-webhooks.ts";
import { workRoutes } from "./registry-work.ts";

/** Every operation of the API, in the order of the reference page. */
export const routes: readonly Route[] = [
  ...accountRoutes,
  ...peopleRoutes,
  ...appRoutes,
  ...customerRoutes,
  ...billingRoutes,
  ...workRoutes,
  ...taskRoutes,
  ...ruleRoutes,
  ...expenseRoutes,
  ...reportRoutes,
  ...exportRoutes,
  ...operationRoutes,
  ...integrationRoutes,
  ...webhookRoutes,
  ...runRoutes,
];
