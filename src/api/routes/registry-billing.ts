import type { Route } from "../define-route.ts";
import { creditRoutes } from "./registry-credits.ts";
import { invoiceRoutes } from "./registry-invoices.ts";
import { paymentRoutes } from "./registry-payments.ts";
import { portalRoutes } from "./registry-portal.ts";
import { quoteRoutes } from "./registry-quotes.ts";
import { recurringInvoiceRoutes } from "./registry-recurring-invoices.ts";

/** What is billed and paid: quotes, invoices, payments, recurring invoices; and what clients see of them. */
export const billingRoutes: readonly Route[] = [
  ...quoteRoutes,
  ...invoiceRoutes,
  ...paymentRoutes,
  ...recurringInvoiceRoutes,
  ...creditRoutes,
  ...portalRoutes,
];
