import type { Route } from "../define-route.ts";
import { getActivityLogRoute } from "./activity-log/get-activity-log.ts";
import { deleteClientRoute } from "./clients/delete-client.ts";
import { getClientRoute } from "./clients/get-client.ts";
import { getClientStatsRoute } from "./clients/get-client-stats.ts";
import { getClientsRoute } from "./clients/get-clients.ts";
import { postClientsBulkActionRoute } from "./clients/post-bulk-action.ts";
import { postClientRoute } from "./clients/post-client.ts";
import { postClientMoveRoute } from "./clients/post-move.ts";
import { putClientRoute } from "./clients/put-client.ts";
import { deleteContactRoute } from "./contacts/delete-contact.ts";
import { getContactRoute } from "./contacts/get-contact.ts";
import { getContactsRoute } from "./contacts/get-contacts.ts";
import { postContactRoute } from "./contacts/post-contact.ts";
import { putContactRoute } from "./contacts/put-contact.ts";
import { deleteServiceRoute } from "./services/delete-service.ts";
import { getServiceRoute } from "./services/get-service.ts";
import { getServicesRoute } from "./services/get-services.ts";
import { postServicesBulkActionRoute } from "./services/post-bulk-action.ts";
import { postServiceRoute } from "./services/post-service.ts";
import { putServiceRoute } from "./services/put-service.ts";

/** Whom a company bills and for what: clients, contacts, services; and what happened to them. */
export const customerRoutes: readonly Route[] = [
  postClientsBulkActionRoute,
  getClientsRoute,
  postClientRoute,
  getClientRoute,
  putClientRoute,
  deleteClientRoute,
  postClientMoveRoute,
  getClientStatsRoute,
  getContactsRoute,
  postContactRoute,
  getContactRoute,
  putContactRoute,
  deleteContactRoute,
  postServicesBulkActionRoute,
  getServicesRoute,
  postServiceRoute,
  getServiceRoute,
  putServiceRoute,
  deleteServiceRoute,
  getActivityLogRoute,
];
