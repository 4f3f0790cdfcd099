import type { Route } from "../define-route.ts";
import { deleteApiTokenRoute } from "./api-tokens/delete-api-token.ts";
import { getApiTokensRoute } from "./api-tokens/get-api-tokens.ts";
import { postApiTokenRoute } from "./api-tokens/post-api-token.ts";
import { getGoogleCallbackRoute } from "./auth/get-google-callback.ts";
import { getGoogleRoute } from "./auth/get-google.ts";
import { getProfileRoute } from "./auth/get-profile.ts";
import { getUserRoute } from "./auth/get-user.ts";
import { postForgotPasswordRoute } from "./auth/post-forgot-password.ts";
import { postLoginRoute } from "./auth/post-login.ts";
import { postLogoutRoute } from "./auth/post-logout.ts";
import { postRegisterRoute } from "./auth/post-register.ts";
import { postResetPasswordRoute } from "./auth/post-reset-password.ts";
import { putUserRoute } from "./auth/put-user.ts";
import { getBillingInvoicesRoute } from "./billing/get-invoices.ts";
import { getPlansRoute } from "./billing/get-plans.ts";
import { getPricesRoute } from "./billing/get-prices.ts";
import { getSubscriptionRoute } from "./billing/get-subscription.ts";
import { getUsageRoute } from "./billing/get-usage.ts";
import { postBillingCheckoutRoute } from "./billing/post-checkout.ts";
import { postBillingPortalRoute } from "./billing/post-portal.ts";
import { deleteCompanyRoute } from "./companies/delete-company.ts";
import { getCompaniesRoute } from "./companies/get-companies.ts";
import { getCompanyRoute } from "./companies/get-company.ts";
import { postCompanyRoute } from "./companies/post-company.ts";
import { postSwitchRoute } from "./companies/post-switch.ts";
import { putCompanyRoute } from "./companies/put-company.ts";

/** Who works here: sign-in, companies, API tokens, plans. */
export const accountRoutes: readonly Route[] = [
  postRegisterRoute,
  postLoginRoute,
  postForgotPasswordRoute,
  postResetPasswordRoute,
  getGoogleRoute,
  getGoogleCallbackRoute,
  postLogoutRoute,
  getUserRoute,
  getProfileRoute,
  putUserRoute,
  getCompaniesRoute,
  postCompanyRoute,
  getCompanyRoute,
  putCompanyRoute,
  deleteCompanyRoute,
  postSwitchRoute,
  getApiTokensRoute,
  postApiTokenRoute,
  deleteApiTokenRoute,
  getPlansRoute,
  getUsageRoute,
  getSubscriptionRoute,
  getPricesRoute,
  postBillingCheckoutRoute,
  postBillingPortalRoute,
  getBillingInvoicesRoute,
];
