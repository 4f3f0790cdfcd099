import type { Route } from "../define-route.ts";
import { deleteBankAccountRoute } from "./settings/delete-bank-account.ts";
import { deleteReminderRoute } from "./settings/delete-reminder.ts";
import { getBankAccountRoute } from "./settings/get-bank-account.ts";
import { getBankAccountsRoute } from "./settings/get-bank-accounts.ts";
import { getBrandingLogoRoute } from "./settings/get-branding-logo.ts";
import { getBrandingRoute } from "./settings/get-branding.ts";
import { getLateFeesRoute } from "./settings/get-late-fees.ts";
import { getRemindersRoute } from "./settings/get-reminders.ts";
import { getSettingsRoute } from "./settings/get-settings.ts";
import { patchBusinessSettingsRoute } from "./settings/patch-business.ts";
import { patchInvoiceSettingsRoute } from "./settings/patch-invoice.ts";
import { patchLocaleSettingsRoute } from "./settings/patch-locale.ts";
import { patchNotificationSettingsRoute } from "./settings/patch-notifications.ts";
import { postBankAccountRoute } from "./settings/post-bank-account.ts";
import { postBrandingLogoRoute } from "./settings/post-branding-logo.ts";
import { postReminderRoute } from "./settings/post-reminder.ts";
import { putBankAccountRoute } from "./settings/put-bank-account.ts";
import { putBrandingRoute } from "./settings/put-branding.ts";
import { putLateFeesRoute } from "./settings/put-late-fees.ts";
import { putReminderRoute } from "./settings/put-reminder.ts";
import { putSettingsRoute } from "./settings/put-settings.ts";

/** What a company decides about itself, its late fees, reminders and bank accounts. */
export const settingsRoutes: readonly Route[] = [
  getSettingsRoute,
  putSettingsRoute,
  patchBusinessSettingsRoute,
  patchInvoiceSettingsRoute,
  patchLocaleSettingsRoute,
  patchNotificationSettingsRoute,
  getBrandingRoute,
  putBrandingRoute,
  postBrandingLogoRoute,
  getBrandingLogoRoute,
  getLateFeesRoute,
  putLateFeesRoute,
  getRemindersRoute,
  postReminderRoute,
  putReminderRoute,
  deleteReminderRoute,
  getBankAccountsRoute,
  postBankAccountRoute,
  getBankAccountRoute,
  putBankAccountRoute,
  deleteBankAccountRoute,
];
