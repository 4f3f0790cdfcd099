import type { Route } from "../define-route.ts";
import { getCallbackRoute } from "./integrations/get-callback.ts";
import { getConnectRoute } from "./integrations/get-connect.ts";
import { getIntegrationsRoute } from "./integrations/get-integrations.ts";
import { getStatusRoute } from "./integrations/get-status.ts";
import { postDisconnectRoute } from "./integrations/post-disconnect.ts";

/** Providers that a company connects to. */
export const integrationRoutes: readonly Route[] = [
  getIntegrationsRoute,
  getConnectRoute,
  getCallbackRoute,
  getStatusRoute,
  postDisconnectRoute,
];
