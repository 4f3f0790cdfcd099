import type { Route } from "../define-route.ts";
import { labelRoutes } from "./registry-labels.ts";
import { settingsRoutes } from "./registry-settings.ts";

/** How it runs: settings, reminders, late fees; and the names that records are filed under. */
export const operationRoutes: readonly Route[] = [...settingsRoutes, ...labelRoutes];
