import type { Route } from "../define-route.ts";
import { getCallbackRoute } from "./integrations/get-callback.ts";
import { getConnectRoute } from "./integrations/get-connect.ts";
import { getIntegrationsRoute } from "./integrations/get-integrations.ts";
import { getStatusRoute } from "./integrations/get-status.ts";
import { postDisconnectRoute } from "./integrations/post-disconnect.ts";
import { getFreshBooksCallbackRoute } from "./settings/freshbooks/get-callback.ts";
import { getFreshBooksConnectRoute } from "./settings/freshbooks/get-connect.ts";
import { getFreshBooksPreviewRoute } from "./settings/freshbooks/get-preview.ts";
import { getFreshBooksStatusRoute } from "./settings/freshbooks/get-status.ts";
import { postFreshBooksCredentialsRoute } from "./settings/freshbooks/post-credentials.ts";
import { postFreshBooksDisconnectRoute } from "./settings/freshbooks/post-disconnect.ts";
import { postFreshBooksImportRoute } from "./settings/freshbooks/post-import.ts";
import { postFreshBooksResetRoute } from "./settings/freshbooks/post-reset.ts";

/** Providers that a company connects to. */
export const integrationRoutes: readonly Route[] = [
  getIntegrationsRoute,
  getConnectRoute,
  getCallbackRoute,
  getStatusRoute,
  postDisconnectRoute,
  postFreshBooksCredentialsRoute,
  getFreshBooksConnectRoute,
  getFreshBooksCallbackRoute,
  getFreshBooksPreviewRoute,
  postFreshBooksImportRoute,
  getFreshBooksStatusRoute,
  postFreshBooksResetRoute,
  postFreshBooksDisconnectRoute,
];
