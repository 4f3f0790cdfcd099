import type { Route } from "../define-route.ts";
import { getCallbackRoute } from "./integrations/get-callback.ts";
import { getConnectRoute } from "./integrations/get-connect.ts";
import { getIntegrationsRoute } from "./integrations/get-integrations.ts";
import { getStatusRoute } from "./integrations/get-status.ts";
import { postDisconnectRoute } from "./integrations/post-disconnect.ts";
import { getFreshBooksCallbackRoute } from "./freshbooks/get-callback.ts";
import { getFreshBooksConnectRoute } from "./freshbooks/get-connect.ts";
import { getFreshBooksPreviewRoute } from "./freshbooks/get-preview.ts";
import { getFreshBooksReportRoute } from "./freshbooks/get-report.ts";
import { getFreshBooksStatusRoute } from "./freshbooks/get-status.ts";
import { postFreshBooksCredentialsRoute } from "./freshbooks/post-credentials.ts";
import { postFreshBooksDisconnectRoute } from "./freshbooks/post-disconnect.ts";
import { postFreshBooksImportRoute } from "./freshbooks/post-import.ts";
import { postFreshBooksResetRoute } from "./freshbooks/post-reset.ts";
import { postQuickBooksPushRoute } from "./quickbooks/post-push.ts";
import { putQuickBooksSettingsRoute } from "./quickbooks/put-settings.ts";
import { deleteSlackAlertRoute } from "./slack/delete-alert.ts";
import { getSlackAlertRoute } from "./slack/get-alert.ts";
import { getSlackAlertsRoute } from "./slack/get-alerts.ts";
import { getSlackChannelsRoute } from "./slack/get-channels.ts";
import { postSlackAlertRoute } from "./slack/post-alert.ts";
import { postSlackTestRoute } from "./slack/post-test.ts";
import { putSlackAlertRoute } from "./slack/put-alert.ts";
import { putSlackAlertsRoute } from "./slack/put-alerts.ts";
import { getCalendarsRoute } from "./google-calendar/get-calendars.ts";
import { getGoogleCalendarStatusRoute } from "./google-calendar/get-status.ts";
import { postGoogleCalendarNotificationRoute } from "./google-calendar/post-notification.ts";
import { postGoogleCalendarSyncRoute } from "./google-calendar/post-sync.ts";
import { putGoogleCalendarSettingsRoute } from "./google-calendar/put-settings.ts";
import { getStripeCallbackRoute } from "./stripe/get-callback.ts";
import { getStripeConnectRoute } from "./stripe/get-connect.ts";
import { getStripeStatusRoute } from "./stripe/get-status.ts";
import { postStripeDisconnectRoute } from "./stripe/post-disconnect.ts";
import { postStripeWebhookRoute } from "./stripe/post-webhook.ts";

/** Providers that a company connects to. */
export const integrationRoutes: readonly Route[] = [
  getIntegrationsRoute,
  // Before /integrations/:provider/status, which has less to tell.
  getGoogleCalendarStatusRoute,
  getCalendarsRoute,
  putGoogleCalendarSettingsRoute,
  postGoogleCalendarSyncRoute,
  postGoogleCalendarNotificationRoute,
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
  getFreshBooksReportRoute,
  postFreshBooksResetRoute,
  postFreshBooksDisconnectRoute,
  postQuickBooksPushRoute,
  putQuickBooksSettingsRoute,
  getSlackChannelsRoute,
  getSlackAlertsRoute,
  putSlackAlertsRoute,
  postSlackAlertRoute,
  getSlackAlertRoute,
  putSlackAlertRoute,
  deleteSlackAlertRoute,
  postSlackTestRoute,
  getStripeConnectRoute,
  getStripeCallbackRoute,
  getStripeStatusRoute,
  postStripeDisconnectRoute,
  postStripeWebhookRoute,
];
