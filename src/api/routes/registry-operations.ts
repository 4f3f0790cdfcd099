import type { Route } from "../define-route.ts";
import { settingsRoutes } from "./registry-settings.ts";

/** How it runs: settings, reminders, late fees. */
export const operationRoutes: readonly Route[] = [...settingsRoutes];
