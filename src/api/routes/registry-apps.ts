import type { Route } from "../define-route.ts";
import { deleteConnectedAppRoute } from "./connected-apps/delete-connected-app.ts";
import { getConnectedAppsRoute } from "./connected-apps/get-connected-apps.ts";
import { deleteOAuthClientRoute } from "./oauth-clients/delete-client.ts";
import { getOAuthClientRoute } from "./oauth-clients/get-client.ts";
import { getOAuthClientsRoute } from "./oauth-clients/get-clients.ts";
import { postOAuthClientRoute } from "./oauth-clients/post-client.ts";
import { postRotateClientSecretRoute } from "./oauth-clients/post-rotate-secret.ts";
import { putOAuthClientRoute } from "./oauth-clients/put-client.ts";

/** Apps of others: as a company registers its own, and as people let them in. */
export const appRoutes: readonly Route[] = [
  getOAuthClientsRoute,
  postOAuthClientRoute,
  getOAuthClientRoute,
  putOAuthClientRoute,
  deleteOAuthClientRoute,
  postRotateClientSecretRoute,
  getConnectedAppsRoute,
  deleteConnectedAppRoute,
];
